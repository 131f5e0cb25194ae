import { AbortedError, ClosedError, TimedOutError } from "@millrace/core";
import { errorCodes } from "@millrace/protocol";
import { expect, test } from "vitest";
import type { GroupReport } from "../src/index.ts";
import { createWorld } from "./support/world.ts";

const second = 1_000;
const gone = { errorCode: errorCodes.UNKNOWN_TOPIC_OR_PARTITION, partitions: [] };
const oneTopic = { topics: [{ name: "t", partitions: 2 }] };

function partition(reports: readonly GroupReport[], group: string, number = 0) {
  return reports.find((report) => report.group === group)?.partitions.find((report) => report.partition === number);
}

test("every group is looked at, or those that are named or picked", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second]);
  for (const group of ["a", "b", "c"]) await world.commit(group, "t", 0);
  const groupsOf = async (groups?: readonly string[] | ((group: string) => boolean)) =>
    (await world.run(world.monitor(groups === undefined ? {} : { groups }).look())).map(({ group }) => group);
  expect(await groupsOf()).toEqual(["a", "b", "c"]);
  expect(await groupsOf(["b", "a", "b"])).toEqual(["a", "b"]);
  expect(await groupsOf((group) => group > "a")).toEqual(["b", "c"]);
  const [none] = await world.run(world.monitor({ groups: ["nobody"] }).look());
  expect(none).toMatchObject({ group: "nobody", state: "dead", status: "unknown", partitions: [], totalRecords: 0, maxRecords: null });
});

test("groups that are at different places of one partition each have the age of their own first record, from one reading", async () => {
  const world = createWorld(oneTopic);
  const ages = Array.from({ length: 500 }, (_, index) => (1_000 - index) * second);
  const writtenAt = await world.produce("t", ages);
  const places = [0, 1, 3, 250, 499];
  for (const place of places) await world.commit(`at-${place}`, "t", place);
  const reports = await world.run(world.monitor().look());
  const written = places.map((place) => writtenAt - (1_000 - place) * second);
  expect(places.map((place) => partition(reports, `at-${place}`)?.timeMs)).toEqual(written.map((time) => (reports[0]?.at ?? 0) - time));
});

test("a record that is known is not read again until it may be gone, and a group that moves on is", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [9 * second, 8 * second]);
  await world.commit("g", "t", 0);
  const monitor = world.monitor();
  const fetches = async (): Promise<number> => {
    const before = world.requests.length;
    await world.run(monitor.look());
    return world.requests.slice(before).filter(({ api }) => api === "Fetch").length;
  };
  expect(await fetches()).toBeGreaterThan(0);
  await world.clock.advance(30 * second);
  expect(await fetches()).toBe(0);
  expect(partition(monitor.latest(), "g")?.timeMs).toBeGreaterThan(39 * second - 1);
  await world.clock.advance(31 * second);
  expect(await fetches()).toBeGreaterThan(0);
  await world.commit("g", "t", 1);
  expect(await fetches()).toBeGreaterThan(0);
  expect(await fetches()).toBe(0);
});

test("what can be read in one look is bounded: a long end without records is gone through over several looks", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second]);
  const producer = world.kafka.transactionalProducer({ transactionalId: "x" });
  for (let round = 0; round < 8; round++) {
    await world.run(producer.begin());
    const value = Buffer.alloc(100_000);
    await world.run(Promise.all(Array.from({ length: 10 }, () => producer.sendRaw({ topic: "t", partition: 0, key: null, value }))));
    await world.run(producer.abort());
  }
  await world.run(producer.close());
  await world.commit("g", "t", 1);
  let fetches = 0;
  world.fail = ({ api }) => {
    if (api === "Fetch" && ++fetches > 4) throw new Error("too slow");
  };
  const monitor = world.monitor({ timeoutMs: 2_000 });
  const found: (boolean | null | undefined)[] = [];
  for (let look = 0; look < 30 && found.at(-1) !== true; look++) {
    fetches = 0;
    found.push(partition(await world.run(monitor.look()), "g")?.isCaughtUp);
  }
  expect(found.length).toBeGreaterThan(1);
  expect(found.slice(0, -1).every((isCaughtUp) => isCaughtUp === null)).toBe(true);
  expect(found.at(-1)).toBe(true);
});

test("without reading records the time is unknown, and everything else is told", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second, second]);
  await world.commit("g", "t", 1);
  await world.commit("done", "t", 2);
  const reports = await world.run(world.monitor({ readsRecords: false }).look());
  expect(partition(reports, "g")).toMatchObject({ records: 1, isCaughtUp: false, timeMs: null });
  expect(partition(reports, "done")).toMatchObject({ records: 0, isCaughtUp: true, timeMs: 0 });
  expect(world.requests.some(({ api }) => api === "Fetch")).toBe(false);
});

test("readers of uncommitted records are behind an open transaction, too", async () => {
  const world = createWorld(oneTopic);
  const producer = world.kafka.transactionalProducer({ transactionalId: "x" });
  await world.run(producer.begin());
  await world.run(producer.sendRaw({ topic: "t", partition: 0, key: null, value: null, timestamp: world.clock.now() - 5 * second }));
  await world.commit("g", "t", 0);
  const committed = partition(await world.run(world.monitor().look()), "g");
  expect(committed).toMatchObject({ records: 1, isCaughtUp: true, timeMs: 0, stableEnd: 0, end: 1 });
  const uncommitted = partition(await world.run(world.monitor({ isolation: "read_uncommitted" }).look()), "g");
  expect(uncommitted).toMatchObject({ records: 1, isCaughtUp: false });
  expect(uncommitted?.timeMs).toBeGreaterThanOrEqual(5 * second);
  await world.run(producer.close());
});

test("a topic that may not be seen, has no leader or is gone hides no other one, and its samples are kept", async () => {
  const names = ["gone", "leaderless", "seen", "secret"];
  const world = createWorld({ topics: names.map((name) => ({ name })) });
  for (const name of names) {
    await world.produce(name, [second, second]);
    await world.commit("g", name, 1);
  }
  const monitor = world.monitor({ window: 2 });
  expect((await world.run(monitor.look()))[0]?.totalRecords).toBe(4);
  world.spoil = {
    ListOffsets({ topics }) {
      for (const { name, partitions } of topics) if (name === "secret") partitions[0]!.errorCode = errorCodes.TOPIC_AUTHORIZATION_FAILED;
    },
    Metadata({ topics }) {
      for (const topic of topics) {
        if (topic.name === "gone") Object.assign(topic, gone);
        if (topic.name === "leaderless") topic.partitions[0]!.leaderId = -1;
      }
    },
  };
  await world.clock.advance(30 * second);
  const [report] = await world.run(monitor.look());
  expect(
    report?.partitions.map(({ topic, committed, records, timeMs, status }) => [topic, committed, records, timeMs === null, status]),
  ).toEqual([
    ["gone", 1, null, true, "unknown"],
    ["leaderless", 1, null, true, "unknown"],
    ["secret", 1, null, true, "unknown"],
    ["seen", 1, 1, false, "stopped"],
  ]);
  expect(report).toMatchObject({ status: "error", totalRecords: 1, maxRecords: 1, complete: 0.25 });
  world.spoil = {};
  await world.clock.advance(30 * second);
  expect((await world.run(monitor.look()))[0]?.complete).toBe(1);
});

test("the time of a topic that may be described and not read is unknown, and hides no other one", async () => {
  const names = ["secret", "seen", "veiled"];
  const world = createWorld({ topics: names.map((name) => ({ name })) });
  for (const name of names) {
    await world.produce(name, [second, second]);
    await world.commit("g", name, 1);
  }
  for (const topic of ["secret", "veiled"]) world.engine.faults.error("Fetch", "TOPIC_AUTHORIZATION_FAILED", { topic });
  const [report] = await world.run(world.monitor().look());
  expect(report?.partitions.map(({ topic, records, timeMs }) => [topic, records, timeMs === null])).toEqual([
    ["secret", 1, true],
    ["seen", 1, false],
    ["veiled", 1, true],
  ]);
});

test("a group that may not be read has a problem, keeps its samples and hides no other one", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second, second]);
  for (const group of ["open", "secret"]) await world.commit(group, "t", 1);
  const monitor = world.monitor({ window: 2, groups: ["open", "secret"] });
  await world.run(monitor.look());
  world.spoil = {
    DescribeGroups({ groups }) {
      for (const group of groups) if (group.groupId === "secret") group.errorCode = errorCodes.GROUP_AUTHORIZATION_FAILED;
    },
  };
  await world.clock.advance(30 * second);
  const [open, secret] = await world.run(monitor.look());
  expect(open).toMatchObject({ status: "error", problem: null });
  expect(secret).toMatchObject({ group: "secret", status: "unknown", state: "unknown", partitions: [] });
  expect(secret?.problem?.message).toContain("GROUP_AUTHORIZATION_FAILED");
  world.spoil = {};
  await world.clock.advance(30 * second);
  expect((await world.run(monitor.look()))[1]).toMatchObject({ status: "error", complete: 1, problem: null });
});

test("[001-30] lagOf tells max(0, end - committed) by topic-partition of a live group, and 0 where there is no end", async () => {
  const world = createWorld({ topics: [{ name: "t", partitions: 3 }, { name: "gone" }] });
  let handled = 0;
  const consumer = world.kafka.consumer({ group: "live", reset: "earliest", maxBatchRecords: 1 });
  await world.run(
    consumer.consume(["t"], {
      async onBatch({ claim, records: [record], nextOffset }) {
        if (record === undefined || record.offset >= 3) return;
        await consumer.commit([{ claim, offset: nextOffset }]);
        handled += 1;
      },
    }),
  );
  for (const number of [0, 1]) await world.produce("t", [4, 3, 2, 1, 0], number);
  await world.clock.runUntil(() => handled === 6);
  const monitor = world.monitor();
  expect(await world.run(monitor.lagOf("live"))).toEqual({ "t-0": 2, "t-1": 2 });
  expect(await world.run(monitor.lagOf("nobody"))).toEqual({});
  await world.produce("gone", [0, 0]);
  await world.commit("other", "t", 50, 0);
  await world.commit("other", "t", 4, 1);
  await world.commit("other", "gone", 1);
  expect(await world.run(monitor.lagOf("other"))).toEqual({ "gone-0": 1, "t-0": 0, "t-1": 1 });
  world.spoil = {
    Metadata({ topics }) {
      for (const topic of topics) if (topic.name === "gone") Object.assign(topic, gone);
    },
  };
  expect(await world.run(monitor.lagOf("other"))).toEqual({ "gone-0": 0, "t-0": 0, "t-1": 1 });
});

test("it looks at once, then at its interval, and tells of every look", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second, second]);
  await world.commit("g", "t", 1);
  const times: number[] = [];
  const monitor = world.monitor({ intervalMs: 10 * second, onLook: ([report]) => times.push(report?.at ?? 0) });
  expect(monitor.latest()).toEqual([]);
  monitor.start();
  monitor.start();
  await world.clock.advance(35 * second);
  expect(times.length).toBe(4);
  for (const [index, time] of times.entries()) if (index > 0) expect(time - times[index - 1]!).toBeCloseTo(10 * second, -3);
  expect(monitor.latest()).toMatchObject([{ group: "g", totalRecords: 1, maxRecords: 1 }]);
  expect(world.gauges.filter(({ name }) => name === "millrace.lag.records").map(({ value }) => value)).toEqual([1, 1, 1, 1]);
  expect(world.gauges.filter(({ name }) => name === "millrace.lag.seconds").every(({ value }) => value >= 1 && value < 40)).toBe(true);
  await world.run(monitor.close());
  await world.clock.advance(100 * second);
  expect(times.length).toBe(4);
  expect(() => monitor.start()).toThrow(ClosedError);
  await expect(monitor.look()).rejects.toThrow(ClosedError);
  await expect(monitor.lagOf("g")).rejects.toThrow(ClosedError);
});

test("a look that fails or takes too long is logged, keeps what was found, and the next one comes", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second]);
  await world.commit("g", "t", 0);
  const monitor = world.monitor({ intervalMs: 10 * second, timeoutMs: 3 * second });
  monitor.start();
  await world.clock.advance(second);
  const [before] = monitor.latest();
  expect(before?.totalRecords).toBe(1);
  world.fail = () => {
    throw new Error("nobody is there");
  };
  await world.clock.advance(20 * second);
  expect(monitor.latest()).toEqual([before]);
  const warnings = () =>
    world.logs.filter(({ level, message }) => level === "warn" && message.startsWith("a look at consumer groups failed"));
  expect(warnings().length).toBeGreaterThanOrEqual(1);
  await expect(world.run(monitor.look())).rejects.toSatisfy((error) => TimedOutError.is(error) || error instanceof Error);
  world.fail = () => {};
  await world.clock.advance(20 * second);
  expect(monitor.latest()[0]?.at).toBeGreaterThan(before?.at ?? 0);
});

test("calls at the same time share a look; who gives up waiting does not end it, closing does", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second]);
  await world.commit("g", "t", 0);
  const monitor = world.monitor();
  const controller = new AbortController();
  const one = monitor.look({ signal: controller.signal });
  const other = monitor.look();
  controller.abort();
  await expect(one).rejects.toThrow(AbortedError);
  expect((await world.run(other))[0]?.totalRecords).toBe(1);
  world.fail = () => {
    throw new Error("nobody is there");
  };
  const failing = monitor.look();
  const closing = Promise.all([expect(failing).rejects.toThrow(ClosedError), monitor.close(), monitor.close()]);
  await world.run(closing);
});

test("a change of a group's status is logged once", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second]);
  await world.commit("g", "t", 0);
  const monitor = world.monitor({ window: 2 });
  for (let look = 0; look < 4; look++) {
    await world.run(monitor.look());
    await world.clock.advance(30 * second);
  }
  const changes = world.logs.filter(({ message }) => message === "status of a group").map(({ fields }) => fields);
  expect(changes).toEqual([
    { group: "g", status: "unknown", before: null },
    { group: "g", status: "error", before: "unknown" },
  ]);
});

test("a record that was deleted is not the first one any more", async () => {
  const world = createWorld(oneTopic);
  const writtenAt = await world.produce("t", [9 * second, 5 * second]);
  await world.commit("g", "t", 0);
  const monitor = world.monitor();
  const ageOf = (report: GroupReport | undefined) => (report?.at ?? 0) - (report?.partitions[0]?.timeMs ?? 0) - writtenAt;
  expect(ageOf((await world.run(monitor.look()))[0])).toBe(-9 * second);
  await world.run(world.kafka.admin().deleteRecords([{ topic: "t", partition: 0, offset: 1 }]));
  expect(ageOf((await world.run(monitor.look()))[0])).toBe(-5 * second);
});

test("while a group rebalances its partitions count as held, not as left", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second, second]);
  await world.commit("g", "t", 1);
  const monitor = world.monitor({ window: 2 });
  world.spoil = {
    DescribeGroups({ groups }) {
      for (const group of groups) group.groupState = "PreparingRebalance";
    },
  };
  await world.run(monitor.look());
  await world.clock.advance(30 * second);
  expect(partition(await world.run(monitor.look()), "g")).toMatchObject({ status: "stalled", holder: null });
  world.spoil = {};
  await world.clock.advance(30 * second);
  expect(partition(await world.run(monitor.look()), "g")?.status).toBe("stopped");
});

test("a failing pausedPartitions is logged, and nothing counts as paused", async () => {
  const world = createWorld(oneTopic);
  await world.commit("g", "t", 0);
  const monitor = world.monitor({
    pausedPartitions: () => {
      throw new Error("no");
    },
  });
  expect(partition(await world.run(monitor.look()), "g")?.status).toBe("unknown");
  expect(world.logs.some(({ message }) => message === "it could not be told what is paused")).toBe(true);
});

test("a pausedPartitions that never answers costs the look its time, and leaves no sample behind", async () => {
  const world = createWorld(oneTopic);
  await world.produce("t", [second, second]);
  await world.commit("g", "t", 1);
  let answer = (): Promise<[]> => new Promise(() => {});
  const monitor = world.monitor({ window: 2, timeoutMs: 5 * second, pausedPartitions: () => answer() });
  await expect(world.run(monitor.look())).rejects.toSatisfy((error) => TimedOutError.is(error));
  answer = () => Promise.resolve([]);
  expect((await world.run(monitor.look()))[0]).toMatchObject({ status: "unknown", complete: 0 });
  await world.clock.advance(30 * second);
  expect((await world.run(monitor.look()))[0]).toMatchObject({ status: "error", complete: 1 });
});
