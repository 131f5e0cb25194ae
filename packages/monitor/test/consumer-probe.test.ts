import { InvalidOptionsError } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { type Consumer, type ConsumerHandlers, type ConsumerOptions, createKafka } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { expect, onTestFinished, test } from "vitest";
import { type ConsumerProbeOptions, consumerProbe, type Probe } from "../src/index.ts";
import { createWorld, type World } from "./support/world.ts";

const second = 1_000;

interface Watched {
  readonly world: World;
  readonly consumer: Consumer;
  /** `ready`, `live` or `neither`, and the codes of the reasons. */
  readonly look: () => Promise<string>;
}

/** A consumer of topic `t` with a partition, in a group, and a probe of it. */
async function watched(
  options: {
    readonly consumer?: ConsumerOptions;
    readonly probe?: Partial<ConsumerProbeOptions>;
    readonly onBatch?: ConsumerHandlers["onBatch"];
  } = {},
): Promise<Watched> {
  const world = createWorld({ topics: [{ name: "t" }] });
  const consumer = world.kafka.consumer({ group: "g", reset: "earliest", sessionTimeoutMs: 10 * second, ...options.consumer });
  const probe = consumerProbe({ consumer, kafka: world.kafka, clock: world.clock, ...options.probe });
  await world.run(consumer.consume(["t"], { onBatch: options.onBatch ?? (() => {}) }));
  await world.clock.runUntil(() => consumer.assignment().length === 1);
  onTestFinished(() => world.run(probe.close?.() ?? Promise.resolve()));
  return { world, consumer, look: () => answerOf(world, probe) };
}

async function answerOf(world: World, probe: Probe): Promise<string> {
  const { ready, live, reasons } = await world.run(Promise.resolve(probe.check(new AbortController().signal)));
  return [ready ? "ready" : live ? "live" : "neither", ...reasons.map(({ code }) => code)].join(" ");
}

/** Looks every ten seconds. */
async function looks({ world, look }: Watched, times: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (let time = 0; time < times; time++) {
    await world.clock.advance(10 * second);
    found.push(await look());
  }
  return found;
}

test("a consumer that works is ready, whether it reads, has read everything, or holds nothing", async () => {
  const one = await watched();
  expect(await one.look()).toBe("ready");
  await one.world.produce("t", [0, 0, 0]);
  expect(await looks(one, 10)).toEqual(Array.from({ length: 10 }, () => "ready"));
  const other = one.world.kafka.consumer({ group: "g" });
  const probe = consumerProbe({ consumer: other, kafka: one.world.kafka, clock: one.world.clock });
  await one.world.run(other.consume(["t"], { onBatch: () => {} }));
  await one.world.clock.advance(20 * second);
  expect(one.consumer.assignment().length + other.assignment().length).toBe(1);
  expect([await one.look(), await answerOf(one.world, probe)]).toEqual(["ready", "ready"]);
  await one.world.run(probe.close?.() ?? Promise.resolve());
});

test("a consumer behind an open transaction does not stand still", async () => {
  const one = await watched();
  const producer = one.world.kafka.transactionalProducer({ transactionalId: "x", transactionTimeoutMs: 600 * second });
  await one.world.run(producer.begin());
  await one.world.run(producer.sendRaw({ topic: "t", partition: 0, key: null, value: null }));
  expect((await looks(one, 10)).at(-1)).toBe("ready");
  await one.world.run(producer.close());
});

test("a consumer that failed or was closed is dead", async () => {
  const one = await watched({
    onBatch: () => {
      throw new Error("no");
    },
  });
  await one.world.produce("t", [0]);
  await one.world.clock.advance(second);
  expect(await one.look()).toBe("neither dead");
  const other = await watched();
  await other.world.run(other.consumer.close());
  expect(await other.look()).toBe("neither dead");
});

test("a handler that does not come back is found, one that works on is not", async () => {
  let isHung = false;
  const one = await watched({
    consumer: { maxProcessingMs: 3_600_000 },
    probe: { hungMs: 60 * second },
    onBatch: () => (isHung ? new Promise(() => {}) : undefined),
  });
  for (let round = 0; round < 8; round++) {
    await one.world.produce("t", [0]);
    expect(await looks(one, 1)).toEqual(["ready"]);
  }
  isHung = true;
  await one.world.produce("t", [0]);
  await one.world.produce("t", [0]);
  expect(await looks(one, 8)).toEqual([...Array.from({ length: 6 }, () => "ready"), "neither hung", "neither hung"]);
});

test("a consumer whose fetches bring nothing although there are records stands still", async () => {
  const one = await watched();
  // Time in which there was nothing to read does not count.
  await looks(one, 10);
  one.world.spoil = {
    Fetch({ responses }) {
      for (const { partitions } of responses) for (const partition of partitions) partition.errorCode = errorCodes.NOT_LEADER_OR_FOLLOWER;
    },
  };
  await one.world.produce("t", [0]);
  const found = await looks(one, 9);
  expect(found[0]).toBe("ready");
  expect(found.at(-1)).toBe("neither stalled");
  one.world.spoil = {};
  expect((await looks(one, 2)).at(-1)).toBe("ready");
});

test("what is paused on purpose does not stand still", async () => {
  const place = { topic: "t", partition: 0 };
  const one = await watched({ probe: { pausedPartitions: () => [place] } });
  one.consumer.pause([place]);
  await one.world.produce("t", [0]);
  expect((await looks(one, 10)).at(-1)).toBe("ready");
});

test("a consumer that its group does not know is a zombie", async () => {
  const one = await watched();
  // Its heartbeats are answered by somebody who does not know better.
  one.world.spoil = { Heartbeat: (answer) => Object.assign(answer, { errorCode: errorCodes.NONE }) };
  await one.world.run(one.world.kafka.admin().removeMembers("g"));
  expect(await one.look()).toBe("live zombie");
  expect(await looks(one, 3)).toEqual(["live zombie", "live zombie", "neither zombie"]);
});

test("a consumer whose group instance id another one has taken is fenced", async () => {
  const one = await watched({ consumer: { groupInstanceId: "one" } });
  one.world.spoil = { Heartbeat: (answer) => Object.assign(answer, { errorCode: errorCodes.NONE }) };
  const usurper = createKafka({ driver: memory({ engine: one.world.engine }), clock: one.world.clock });
  const other = usurper.consumer({ group: "g", groupInstanceId: "one" });
  await one.world.run(other.consume(["t"], { onBatch: () => {} }));
  await one.world.clock.runUntil(() => other.assignment().length === 1);
  expect(await one.look()).toBe("neither fenced");
  await one.world.run(usurper.close());
});

test("a consumer that its group does not take in is not ready, and after a while not live", async () => {
  const one = await watched({ probe: { outsideMs: 60 * second } });
  one.world.spoil = {
    JoinGroup: (answer) => Object.assign(answer, { errorCode: errorCodes.COORDINATOR_LOAD_IN_PROGRESS }),
    Heartbeat: (answer) => Object.assign(answer, { errorCode: errorCodes.ILLEGAL_GENERATION }),
  };
  const found = await looks(one, 10);
  expect(found.filter((answer) => answer === "live joining").length).toBeGreaterThanOrEqual(5);
  expect(found.at(-1)).toMatch(/^neither (joining|dead)$/);
});

test("while nobody answers, nothing is held against a consumer", async () => {
  const one = await watched({ consumer: { sessionTimeoutMs: 600 * second } });
  await one.world.produce("t", [0]);
  one.world.fail = ({ api }) => {
    if (api === "DescribeGroups" || api === "ListOffsets") throw new Error("nobody is there");
  };
  expect(await one.look()).toBe("ready");
});

test("a consumer that was given partitions needs no group", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  for (const group of [undefined, "g"]) {
    const consumer = world.kafka.consumer(group === undefined ? {} : { group });
    const probe = consumerProbe({ consumer, kafka: world.kafka, clock: world.clock, name: "reader" });
    await world.run(consumer.assign([{ topic: "t", partition: 0 }], { onBatch: () => {} }));
    expect([probe.name, await answerOf(world, probe)]).toEqual(["reader", "ready"]);
    await world.run(probe.close?.() ?? Promise.resolve());
  }
});

test("time in which nobody asked, as when the process was frozen, is held against nobody", async () => {
  const one = await watched();
  one.world.spoil = {
    Fetch({ responses }) {
      for (const { partitions } of responses) for (const partition of partitions) partition.errorCode = errorCodes.NOT_LEADER_OR_FOLLOWER;
    },
  };
  await one.world.produce("t", [0]);
  expect(await looks(one, 1)).toEqual(["ready"]);
  await one.world.clock.advance(3_600 * second);
  expect(await one.look()).toBe("ready");
  // What goes on while it is watched is found as ever.
  expect((await looks(one, 6)).at(-1)).toBe("neither stalled");
});

test("during rebalances, with long handlers that are legal, nothing is held against anybody", async () => {
  let isSlow = true;
  const world = createWorld({ topics: [{ name: "t", partitions: 4 }] });
  const handle = async () => {
    if (isSlow) await new Promise<void>((resolve) => void world.clock.schedule(100 * second, () => resolve()));
  };
  const members = ["a", "b", "c"].map((clientId) => {
    const kafka = createKafka({ driver: memory({ engine: world.engine }), clock: world.clock, clientId });
    const consumer = kafka.consumer({ group: "g", reset: "earliest", rebalanceTimeoutMs: 200 * second });
    return { kafka, consumer, probe: consumerProbe({ consumer, kafka, clock: world.clock }) };
  });
  const found = new Set<string>();
  for (const { consumer, probe } of members) {
    await world.run(consumer.consume(["t"], { onBatch: handle }));
    for (let look = 0; look < 15; look++) {
      for (const partition of [0, 1, 2, 3]) await world.produce("t", [0], partition);
      await world.clock.advance(10 * second);
      found.add(await answerOf(world, probe));
      for (const member of members.slice(
        0,
        members.findIndex((one) => one.probe === probe),
      ))
        found.add(await answerOf(world, member.probe));
    }
  }
  isSlow = false;
  // Who joins waits until the others have finished.
  expect([...found].toSorted()).toEqual(["live joining", "ready"]);
  for (let look = 0; look < 15; look++) {
    await world.clock.advance(10 * second);
    await Promise.all(members.map(({ probe }) => answerOf(world, probe)));
  }
  expect(await Promise.all(members.map(({ probe }) => answerOf(world, probe)))).toEqual(["ready", "ready", "ready"]);
  await world.run(Promise.all(members.map(async ({ probe }) => await probe.close?.())));
  await world.run(Promise.all(members.map(({ kafka }) => kafka.close())));
});

test("wrong limits are named", async () => {
  const { world, consumer } = await watched();
  expect(() => consumerProbe({ consumer, kafka: world.kafka, hungMs: -1, stalledMs: Number.NaN })).toThrow(InvalidOptionsError);
});
