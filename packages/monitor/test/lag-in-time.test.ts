import { expect, test } from "vitest";
import type { GroupReport } from "../src/index.ts";
import { createWorld, type World } from "./support/world.ts";

const second = 1_000;
const minute = 60 * second;

async function look(world: World, options: Parameters<World["monitor"]>[0] = {}) {
  const [report] = await world.run(world.monitor(options).look());
  const found = report as GroupReport;
  return { ...found.partitions[0]!, at: found.at };
}

test("the time is that of the first record by offset, whatever times its neighbours have", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  const writtenAt = await world.produce("t", [second, 9 * minute, 2 * minute, 40 * minute, 3 * second]);
  for (const [offset, age] of [
    [0, second],
    [1, 9 * minute],
    [2, 2 * minute],
    [3, 40 * minute],
    [4, 3 * second],
  ] as const) {
    await world.commit("g", "t", offset);
    const { timeMs, at, records } = await look(world);
    expect([offset, records, timeMs]).toEqual([offset, 5 - offset, at - writtenAt + age]);
  }
});

test("where the broker gives records their time, the age is since they were stored, whatever their producer says", async () => {
  const world = createWorld({ topics: [{ name: "t", configs: { "message.timestamp.type": "LogAppendTime" } }] });
  const storedAt = await world.produce("t", [9 * minute, 5 * minute]);
  await world.commit("g", "t", 1);
  await world.clock.advance(minute);
  const { timeMs, at } = await look(world);
  expect(timeMs).toBeGreaterThanOrEqual(minute);
  expect(at - (timeMs ?? 0)).toBeGreaterThanOrEqual(storedAt);
});

test("a record from the future counts as new", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce("t", [-minute, second]);
  await world.commit("g", "t", 0);
  expect(await look(world)).toMatchObject({ records: 2, isCaughtUp: false, timeMs: 0 });
});

test("a group behind the end of the log is neither caught up nor stalled: where it goes on is not known", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce("t", [second, second]);
  const monitor = world.monitor({ window: 2 });
  await world.commit("g", "t", 2);
  for (let count = 0; count < 2; count++) {
    await world.run(monitor.look());
    await world.clock.advance(30 * second);
  }
  expect(monitor.latest()[0]).toMatchObject({ status: "idle" });
  await world.commit("g", "t", 50);
  for (let count = 0; count < 2; count++) {
    await world.clock.advance(30 * second);
    const [report] = await world.run(monitor.look());
    expect(report?.partitions[0]).toMatchObject({ committed: 50, end: 2, records: 0, isCaughtUp: null, timeMs: null, status: "unknown" });
  }
  expect(world.gauges.filter(({ name }) => name === "millrace.lag.seconds").at(-1)?.value).toBe(0);
});

test("only markers of transactions behind it: a group is caught up, also when all of them were aborted", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  await world.produce("t", [minute]);
  await world.commit("g", "t", 1);
  const producer = world.kafka.transactionalProducer({ transactionalId: "x" });
  for (const end of ["commit", "abort", "abort"] as const) {
    await world.run(producer.begin());
    await world.run(producer.sendRaw({ topic: "t", partition: 0, key: null, value: null, timestamp: world.clock.now() - 5 * minute }));
    await world.run(producer[end]());
  }
  await world.run(producer.close());
  // The record of the first one is unread.
  expect(await look(world)).toMatchObject({ records: 6, isCaughtUp: false });
  // The marker of the first one, then what was aborted.
  await world.commit("g", "t", 2);
  expect(await look(world)).toMatchObject({ records: 5, isCaughtUp: true, timeMs: 0 });
  expect((await look(world, { isolation: "read_uncommitted" })).timeMs).toBeGreaterThanOrEqual(5 * minute);
  await world.commit("g", "t", 6);
  expect(await look(world)).toMatchObject({ records: 1, isCaughtUp: true, timeMs: 0 });
});

test("a compacted log tells the time of the first record that is left, and is caught up where none is", async () => {
  const world = createWorld({ topics: [{ name: "t", configs: { "cleanup.policy": "compact", "segment.ms": "1" } }] });
  const producer = world.kafka.producer({ lingerMs: 0 });
  const now = world.clock.now();
  const send = (key: string, age: number) =>
    world.run(producer.sendRaw({ topic: "t", partition: 0, key: Buffer.from(key), value: Buffer.from("v"), timestamp: now - age }));
  for (const age of [9, 8, 7, 6, 5]) await send("k", age * minute);
  await world.clock.advance(second);
  await send("other", minute);
  await world.clock.advance(second);
  world.engine.compact();
  await world.commit("g", "t", 1);
  const left = world.engine.records("t", { partition: 0 }).map(({ offset }) => offset);
  expect(left.length).toBeLessThan(6);
  const { timeMs, at, records } = await look(world);
  expect(records).toBe(5);
  const first = world.engine.records("t", { partition: 0 }).find(({ offset }) => offset >= 1);
  expect(timeMs).toBe(at - (first?.timestamp ?? 0));
});

test("a group that was reset to the beginning is as late as the first record, at the next look", async () => {
  const world = createWorld({ topics: [{ name: "t" }] });
  const writtenAt = await world.produce("t", [9 * minute, minute]);
  const monitor = world.monitor({ window: 2 });
  await world.commit("g", "t", 2);
  await world.run(monitor.look());
  await world.clock.advance(30 * second);
  await world.commit("g", "t", 0);
  const [report] = await world.run(monitor.look());
  expect(report?.partitions[0]).toMatchObject({ status: "rewound", records: 2, timeMs: (report?.at ?? 0) - writtenAt + 9 * minute });
});
