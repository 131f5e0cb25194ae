import { TimedOutError } from "@millrace/core";
import { readTopics } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { expect, test } from "vitest";
import { createWorld } from "./support/world.ts";

const second = 1_000;

test("a partition whose end cannot be asked for is unknown by itself, and hides no other one of its topic", async () => {
  const world = createWorld({ topics: [{ name: "t", partitions: 4 }, { name: "u" }] });
  for (const number of [0, 1, 2, 3]) await world.produce("t", [second, second], number);
  await world.produce("u", [second, second]);
  for (const number of [0, 1, 2, 3]) await world.commit("g", "t", 1, number);
  await world.commit("g", "u", 1);
  world.engine.faults.error("ListOffsets", "NOT_LEADER_OR_FOLLOWER", { topic: "t", partition: 2 });
  const monitor = world.monitor({ timeoutMs: 8 * second });
  const [report] = await world.run(monitor.look());
  expect(report?.partitions.map(({ topic, partition, records }) => [topic, partition, records])).toEqual([
    ["t", 0, 1],
    ["t", 1, 1],
    ["t", 2, null],
    ["t", 3, 1],
    ["u", 0, 1],
  ]);
  expect(await world.run(monitor.lagOf("g"))).toEqual({ "t-0": 1, "t-1": 1, "t-2": 0, "t-3": 1, "u-0": 1 });
});

test("half of the partitions without an answer leave the other half told within one look", async () => {
  const partitions = 24;
  const world = createWorld({ topics: [{ name: "t", partitions }] });
  const admin = world.kafka.admin();
  const offsets = Array.from({ length: partitions }, (_, partition) => ({ topic: "t", partition, offset: 0, metadata: null }));
  await world.run(admin.setGroupOffsets("g", offsets));
  world.spoil = {
    ListOffsets({ topics }) {
      for (const topic of topics)
        for (const answer of topic.partitions) if (answer.partitionIndex % 2 === 0) answer.errorCode = errorCodes.NOT_LEADER_OR_FOLLOWER;
    },
  };
  const [report] = await world.run(world.monitor({ timeoutMs: 4 * second }).look());
  const told = report?.partitions.filter(({ end }) => end !== null).map(({ partition }) => partition) ?? [];
  expect(told).toEqual(offsets.map(({ partition }) => partition).filter((partition) => partition % 2 === 1));
});

test("a group whose coordinator is lost has a problem, and hides no other one; once it is back it is told of", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce("t", [second, second]);
  const lost = Array.from({ length: 105 }, (_, index) => `a-lost-${index}`);
  for (const group of [...lost, "well"]) await world.commit(group, "t", 1);
  const fault = world.engine.faults.coordinatorLoss({ of: "groups", when: ({ body }) => JSON.stringify(body).includes("a-lost-") });
  const monitor = world.monitor({ timeoutMs: 2 * second });
  // Those that keep one waiting are asked last the next time.
  for (let look = 0; look < 2; look++) await world.run(monitor.look());
  const reports = monitor.latest();
  expect(reports).toHaveLength(106);
  expect(reports.filter(({ problem }) => problem !== null)).toHaveLength(105);
  expect(reports.at(-1)).toMatchObject({ group: "well", totalRecords: 1, problem: null });
  fault.undo();
  expect((await world.run(monitor.look())).every(({ problem, totalRecords }) => problem === null && totalRecords === 1)).toBe(true);
});

test("a group with offsets in an open transaction is told by what it has committed, and holds no look up", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce("t", [3 * second, 2 * second, second]);
  for (const group of ["exactly-once", "other"]) await world.commit(group, "t", 1);
  const producer = world.kafka.transactionalProducer({ transactionalId: "x" });
  await world.run(producer.begin());
  await world.run(producer.sendOffsets([{ topic: "t", partition: 0, offset: 3 }], { group: "exactly-once" }));
  const monitor = world.monitor();
  const before = world.clock.monotonic();
  const recordsOf = async () => (await world.run(monitor.look())).map(({ group, totalRecords, problem }) => [group, totalRecords, problem]);
  expect(await recordsOf()).toEqual([
    ["exactly-once", 2, null],
    ["other", 2, null],
  ]);
  expect(world.clock.monotonic() - before).toBeLessThan(second);
  expect(await world.run(monitor.lagOf("exactly-once"))).toEqual({ "t-0": 2 });
  await world.run(producer.commit());
  await world.run(producer.close());
  expect(await recordsOf()).toEqual([
    ["exactly-once", 0, null],
    ["other", 2, null],
  ]);
});

test("a group with an assignment that cannot be read has a problem, and hides no other one", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce("t", [second, second]);
  for (const group of ["garbled", "well"]) await world.commit(group, "t", 1);
  const member = { memberId: "m", groupInstanceId: null, clientId: "c", clientHost: "h", memberMetadata: Buffer.alloc(0) };
  world.spoil = {
    DescribeGroups({ groups }) {
      for (const group of groups) {
        if (group.groupId !== "garbled") continue;
        Object.assign(group, {
          protocolType: "consumer",
          members: [{ ...member, memberAssignment: Buffer.from([0, 0, 127, 255, 255, 255, 1]) }],
        });
      }
    },
  };
  const [garbled, well] = await world.run(world.monitor().look());
  expect(garbled).toMatchObject({ group: "garbled", status: "unknown", partitions: [], problem: expect.any(Error) });
  expect(well).toMatchObject({ group: "well", totalRecords: 1, problem: null });
});

test("groups may be called anything, and are told apart, also after a restart", async () => {
  const world = createWorld({ topics: [{ name: "t" }, { name: "a-1" }, { name: "a", partitions: 2 }] });
  await world.produce("t", [second, second]);
  const groups = ["", " ", "g t-0", "g", 'a","t', "\n\u0000", "Ωμέγα 🎉", "__proto__", "x".repeat(2_000)];
  for (const [index, group] of groups.entries()) await world.commit(group, "t", index % 2);
  await world.commit("__proto__", "a-1", 0);
  await world.commit("__proto__", "a", 0, 1);
  for (let life = 0; life < 2; life++) {
    const monitor = world.monitor({ window: 2, samples: true });
    for (let look = life; look < 2; look++) {
      await world.run(monitor.look());
      await world.clock.advance(30 * second);
    }
    const reports = new Map(monitor.latest().map((report) => [report.group, report]));
    expect([...reports.keys()].toSorted()).toEqual(groups.toSorted());
    for (const [index, group] of groups.entries())
      expect(reports.get(group), JSON.stringify(group)).toMatchObject({
        totalRecords: 2 - (index % 2),
        complete: 1,
        status: "error",
        problem: null,
      });
    await world.run(monitor.close());
  }
});

test("hundreds of groups and a group of a thousand partitions are told within one look", async () => {
  const partitions = 1_000;
  const world = createWorld({ topics: [{ name: "t", partitions }] });
  const admin = world.kafka.admin();
  const placed = (count: number) => Array.from({ length: count }, (_, partition) => ({ topic: "t", partition, offset: 0, metadata: null }));
  await world.produce("t", [second], 999);
  await world.run(admin.setGroupOffsets("wide", placed(partitions)));
  await world.run(Promise.all(Array.from({ length: 200 }, (_, index) => admin.setGroupOffsets(`g-${index}`, placed(2)))));
  const reports = await world.run(world.monitor().look());
  expect(reports).toHaveLength(201);
  expect(reports.every(({ problem }) => problem === null)).toBe(true);
  expect(reports.at(-1)).toMatchObject({ group: "wide", totalRecords: 1, maxRecords: 1 });
  expect(reports.at(-1)?.partitions).toHaveLength(partitions);
});

test("slow answers of pausedPartitions for many groups are waited for side by side", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  for (let index = 0; index < 50; index++) await world.commit(`g-${index}`, "t", 0);
  const slowly = (): Promise<[]> => new Promise((resolve) => void world.clock.schedule(second, () => resolve([])));
  expect(await world.run(world.monitor({ pausedPartitions: slowly }).look())).toHaveLength(50);
});

test("when the clock is set, forward or back, windows stay full and nobody stops or is rewound for it", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce(
    "t",
    Array.from({ length: 100 }, () => second),
  );
  let setMs = 0;
  const monitor = world.monitor({ window: 4, clock: { ...world.clock, now: () => world.clock.now() + setMs } });
  let committed = 0;
  const look = async () => {
    await world.commit("g", "t", ++committed);
    await world.clock.advance(30 * second);
    return (await world.run(monitor.look()))[0];
  };
  for (let count = 0; count < 4; count++) await look();
  for (const ms of [3_600 * second, -40 * second, -7_200 * second, 0]) {
    setMs = ms;
    expect(await look(), `${ms}`).toMatchObject({ status: "ok", complete: 1 });
  }
  // A group without members that has not moved since the look before, which seems an hour ago.
  setMs = 3_600 * second;
  await world.clock.advance(30 * second);
  expect((await world.run(monitor.look()))[0]?.status).toBe("ok");
  expect(world.logs.filter(({ message }) => message.startsWith("the clock was set")).length).toBeGreaterThan(3);
});

test("a look in which no group can be asked fails, and tells nothing of groups", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.commit("g", "t", 0);
  world.fail = ({ api }) => {
    if (api === "OffsetFetch" || api === "DescribeGroups") throw new Error("nobody is there");
  };
  const monitor = world.monitor({ groups: ["g", "h"], timeoutMs: 4 * second });
  await expect(world.run(monitor.look())).rejects.toThrow();
  expect(monitor.latest()).toEqual([]);
  world.fail = () => {};
  expect(await world.run(monitor.look())).toHaveLength(2);
});

test("the samples topic is used where creating topics is forbidden, is made again when it was deleted, and keeps no look or close waiting", async () => {
  const world = createWorld({ topics: [{ name: "t" }], autoCreateTopics: false });
  await world.produce("t", [second, second]);
  await world.commit("g", "t", 1);
  const admin = world.kafka.admin();
  const topic = "millrace.lag-samples";
  await world.run(admin.createTopics([{ name: topic, partitions: 1, configs: { "cleanup.policy": "compact" } }]));
  const denied = world.engine.faults.error("CreateTopics", "TOPIC_AUTHORIZATION_FAILED");
  const monitor = world.monitor({ window: 2, samples: true });
  const stored = async (): Promise<number> => {
    let count = 0;
    const read = async (): Promise<void> => {
      for await (const _ of readTopics(world.kafka, [topic])) count++;
    };
    await world.run(read());
    return count;
  };
  await world.run(monitor.look());
  expect(await stored()).toBe(1);
  await world.run(admin.deleteTopics([topic]));
  await world.clock.advance(30 * second);
  expect((await world.run(monitor.look()))[0]?.status).toBe("error");
  expect(world.logs.some(({ message }) => message === "samples could not be stored")).toBe(true);
  denied.undo();
  for (let look = 0; look < 2; look++) {
    await world.clock.advance(30 * second);
    expect((await world.run(monitor.look()))[0]?.status).toBe("error");
  }
  expect((await world.run(admin.describeTopic(topic)))?.configs["cleanup.policy"]).toBe("compact");
  expect(await stored()).toBeGreaterThan(0);
  world.engine.faults.drop("Produce");
  await world.clock.advance(30 * second);
  await world.run(monitor.look());
  const before = world.clock.monotonic();
  await world.run(monitor.close());
  expect(world.clock.monotonic() - before).toBeLessThan(30 * second);
});

test("foreign records in the samples topic cost one line of log, and samples out of order are not understood", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce("t", [second, second]);
  await world.commit("g", "t", 1);
  const topic = "millrace.lag-samples";
  await world.run(world.kafka.admin().createTopics([{ name: topic, partitions: 1 }]));
  const producer = world.kafka.producer();
  const now = world.clock.now();
  const confused = [now - 60 * second, now - 90 * second, now - 90 * second, now - 10 * second].map((at) => [at, 0, 2, 2, 1]);
  const send = (key: string, value: string | Buffer) => producer.sendRaw({ topic, key: Buffer.from(key), value: Buffer.from(value) });
  await world.run(
    Promise.all([
      ...Array.from({ length: 300 }, (_, index) => send(`foreign-${index}`, Buffer.alloc(100, index))),
      send('["g","t",0]', JSON.stringify({ version: 1, samples: confused })),
      send('["h","t",0]', JSON.stringify({ version: 1, samples: "x".repeat(500_000) })),
    ]),
  );
  const monitor = world.monitor({ window: 3, samples: true });
  expect((await world.run(monitor.look()))[0]).toMatchObject({ status: "unknown", complete: 0 });
  const said = world.logs.filter(({ message }) => message.includes("not understood"));
  expect(said.map(({ fields }) => fields)).toEqual([{ topic, records: 302, firstOffset: 0 }]);
});

test("of two monitors with one samples topic each goes on by its own windows, and whoever starts next finds one that is whole", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce("t", [second, second]);
  await world.commit("g", "t", 1);
  const pair = [world.monitor({ window: 3, samples: true }), world.monitor({ window: 3, samples: true })];
  for (let look = 0; look < 3; look++) {
    for (const monitor of pair) {
      await world.clock.advance(10 * second);
      await world.run(monitor.look());
    }
  }
  for (const monitor of pair) expect(monitor.latest()[0]).toMatchObject({ status: "error", complete: 1 });
  await world.clock.advance(10 * second);
  expect((await world.run(world.monitor({ window: 3, samples: true }).look()))[0]).toMatchObject({ status: "error", complete: 1 });
});

test("a look that may take next to no time fails or tells what it can, and never lasts", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce("t", [second]);
  await world.commit("g", "t", 0);
  world.engine.faults.delay(["ListGroups", "Fetch", "OffsetFetch"] as never, 50);
  const before = world.clock.monotonic();
  await expect(world.run(world.monitor({ timeoutMs: 1 }).look())).rejects.toSatisfy(
    (error) => error instanceof Error || TimedOutError.is(error),
  );
  expect(world.clock.monotonic() - before).toBeLessThan(second);
});
