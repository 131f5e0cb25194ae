import { createLogger, type LogEntry } from "@millrace/core";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { ScriptedDriver } from "../../test/support/scripted-driver.ts";
import { type ConsumerHandlers, type ConsumerOptions, createKafka, KafkaError } from "../index.ts";

const p0 = { topic: "orders", partition: 0 };
const p1 = { topic: "orders", partition: 1 };

async function setUp(
  options: Partial<ConsumerOptions> = {},
  listeners: Pick<ConsumerHandlers, "onAssigned" | "onRevoked"> = {},
  driver = new ScriptedDriver(),
) {
  const clock = createVirtualClock();
  const entries: LogEntry[] = [];
  const kafka = createKafka({ driver, clock, logger: createLogger({ write: (entry) => entries.push(entry) }), random: () => 0 });
  const consumer = kafka.pullConsumer({ group: "billing", reset: "earliest", ...options });
  await consumer.subscribe(["orders"], listeners);
  const scripted = driver.consumers[0]!;
  const poll = async (maxRecords?: number, timeoutMs = 0): Promise<string[]> =>
    (await consumer.poll(maxRecords === undefined ? { timeoutMs } : { timeoutMs, maxRecords })).map(
      ({ partition, offset }) => `${partition}:${offset}`,
    );
  return { clock, driver, kafka, consumer, scripted, poll, entries };
}

test("poll answers what has arrived, up to a number, and lets a partition's next batch come when it has answered the last", async () => {
  const { scripted, consumer, poll, kafka } = await setUp();
  await scripted.join(1, [p0, p1]);
  expect(await poll()).toEqual([]);
  let settled = 0;
  const first = scripted.deliver(p0, 0, 3).then(() => settled++);
  const second = scripted.deliver(p1, 0, 2).then(() => settled++);
  expect(await poll(2)).toEqual(["0:0", "0:1"]);
  expect(consumer.position(p0)).toBe(2);
  expect(settled).toBe(0);
  // The other partition's turn comes before this one's next.
  expect(await poll(2)).toEqual(["1:0", "1:1"]);
  await second;
  expect(await poll()).toEqual(["0:2"]);
  await first;
  expect(consumer.position(p0)).toBe(3);
  expect(consumer.position({ topic: "orders", partition: 5 })).toBeNull();
  await kafka.close();
});

test("poll waits for records, for its time, for its signal; one at a time", async () => {
  const { scripted, consumer, poll, clock, kafka } = await setUp();
  await scripted.join(1, [p0]);
  expect(await clock.runUntil(consumer.poll())).toEqual([]);
  expect(clock.monotonic()).toBe(1_000);
  const waiting = poll(undefined, 5_000);
  await expect(consumer.poll()).rejects.toThrow("another poll is waiting");
  await clock.advance(100);
  void scripted.deliver(p0, 0, 1);
  expect(await waiting).toEqual(["0:0"]);
  const controller = new AbortController();
  const aborted = expect(consumer.poll({ signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
  controller.abort();
  await aborted;
  await expect(consumer.poll({ timeoutMs: -1, maxRecords: 0 })).rejects.toMatchObject({
    problems: ["timeoutMs must be at least 0, not -1", "maxRecords must be at least 1, not 0"],
  });
  await kafka.close();
  expect(clock.pending).toBe(0);
});

test("the loop reads record by record, can be left and taken up again, and ends when the consumer is closed", async () => {
  const { scripted, consumer, kafka } = await setUp();
  await scripted.join(1, [p0]);
  void scripted.deliver(p0, 0, 3);
  const seen: number[] = [];
  for await (const { offset } of consumer) {
    seen.push(offset);
    if (offset === 2) break;
  }
  void scripted.deliver(p0, 3, 1);
  for await (const { offset } of consumer) {
    seen.push(offset);
    void consumer.close();
  }
  expect(seen).toEqual([0, 1, 2, 3]);
  await kafka.close();
});

test("commits are of what was polled, or of what is named; a partition that went makes them stale", async () => {
  const { scripted, consumer, poll, kafka } = await setUp();
  await scripted.join(1, [p0, p1]);
  void scripted.deliver(p0, 0, 4);
  void scripted.deliver(p1, 0, 1);
  await poll(3);
  expect(await consumer.commit()).toEqual({ stale: [] });
  expect(scripted.commits.at(-1)!.offsets).toEqual([
    { ...p0, offset: 3, metadata: null },
    { ...p1, offset: 0, metadata: null },
  ]);
  expect(
    await consumer.commit([
      { ...p0, offset: 2, metadata: "half" },
      { topic: "orders", partition: 7, offset: 1 },
    ]),
  ).toEqual({
    stale: [{ topic: "orders", partition: 7 }],
  });
  expect(scripted.commits.at(-1)!.offsets).toEqual([{ ...p0, offset: 2, metadata: "half" }]);
  await kafka.close();
});

test("an asynchronous commit calls back once, with its error or null, and a callback that fails is logged", async () => {
  const { scripted, consumer, poll, kafka, entries, clock } = await setUp();
  await scripted.join(1, [p0]);
  void scripted.deliver(p0, 0, 1);
  await poll();
  const heard: (Error | null)[] = [];
  consumer.commitAsync((error) => heard.push(error));
  const refused = new KafkaError({ code: "KAFKA_BROKER_ERROR", message: "too much metadata" });
  await clock.advance(0);
  scripted.onCommit = () => Promise.reject(refused);
  consumer.commitAsync((error) => {
    heard.push(error);
    throw new Error("the callback broke");
  });
  consumer.commitAsync();
  await clock.advance(0);
  expect(heard).toEqual([null, refused]);
  expect(entries.filter(({ message }) => message === "a commit callback failed")).toHaveLength(1);
  scripted.onCommit = undefined;
  await kafka.close();
});

test("seeking forgets what was not polled, for a partition or for all that are held", async () => {
  const driver = new ScriptedDriver();
  for (const key of ["orders/0", "orders/1"]) driver.logs.set(key, { earliest: 5, latest: 90 });
  const { scripted, consumer, poll, kafka } = await setUp({}, {}, driver);
  await scripted.join(1, [p0, p1]);
  const unread = scripted.deliver(p0, 5, 3);
  await consumer.seek(p0, 40);
  await unread;
  expect(await poll()).toEqual([]);
  expect(consumer.position(p0)).toBe(40);
  await consumer.seekToEnd();
  expect([p0, p1].map((partition) => consumer.position(partition))).toEqual([90, 90]);
  await consumer.seekToBeginning([p1]);
  expect(consumer.position(p1)).toBe(5);
  await consumer.seek(p1, { timestamp: 17 });
  expect(consumer.position(p1)).toBe(17);
  expect(scripted.seeks.map(({ partition, offset }) => `${partition}:${offset}`)).toEqual(["0:40", "0:90", "1:90", "1:5", "1:17"]);
  await expect(consumer.seek({ topic: "orders", partition: 4 }, 1)).rejects.toMatchObject({ code: "PARTITION_NOT_HELD" });
  await kafka.close();
});

test("what is paused is not polled, also when it had arrived before", async () => {
  const { scripted, consumer, poll, kafka } = await setUp();
  await scripted.join(1, [p0, p1]);
  void scripted.deliver(p0, 0, 1);
  void scripted.deliver(p1, 0, 1);
  consumer.pause([p0]);
  expect(consumer.paused()).toEqual([p0]);
  expect(await poll()).toEqual(["1:0"]);
  const waiting = poll(undefined, 1_000);
  consumer.resume();
  expect(await waiting).toEqual(["0:0"]);
  consumer.pause();
  expect(consumer.paused()).toEqual([p0, p1]);
  consumer.resume([p1]);
  expect(consumer.paused()).toEqual([p0]);
  await kafka.close();
});

test("a rebalance waits until what was polled has been dealt with: its commit still counts, what was not polled is forgotten", async () => {
  const order: string[] = [];
  const { scripted, consumer, poll, kafka } = await setUp(
    {},
    { onRevoked: (claims, reason) => void order.push(`${claims.length} ${reason}`) },
  );
  await scripted.join(1, [p0]);
  void scripted.deliver(p0, 0, 4);
  expect(await poll(2)).toEqual(["0:0", "0:1"]);
  const revoked = scripted.handlers.revoked([p0], "rebalance").then(() => order.push("left"));
  await Promise.resolve();
  expect(order).toEqual(["1 rebalance"]);
  expect(await consumer.commit()).toEqual({ stale: [] });
  expect(scripted.commits.at(-1)!.offsets).toEqual([{ ...p0, offset: 2, metadata: null }]);
  expect(await poll()).toEqual([]);
  await revoked;
  expect(order).toEqual(["1 rebalance", "left"]);
  expect(consumer.assignment()).toEqual([]);
  await kafka.close();
});

test("a member that does not come back for its records holds a rebalance no longer than rebalanceTimeoutMs", async () => {
  const { scripted, poll, clock, kafka } = await setUp({ rebalanceTimeoutMs: 2_000 });
  await scripted.join(1, [p0]);
  void scripted.deliver(p0, 0, 1);
  await poll();
  await clock.runUntil(scripted.handlers.revoked([p0], "rebalance"));
  expect(clock.monotonic()).toBe(2_000);
  await kafka.close();
});

test("with autoCommitMs only what the next poll has shown to be dealt with is committed, and close commits the rest", async () => {
  const { scripted, consumer, poll, clock, kafka } = await setUp({ autoCommitMs: 100 });
  await scripted.join(1, [p0]);
  void scripted.deliver(p0, 0, 4);
  await poll(1);
  await clock.advance(500);
  expect(scripted.commits).toEqual([]);
  await poll(2);
  await clock.advance(100);
  expect(scripted.commits.map(({ offsets }) => offsets[0]!.offset)).toEqual([1]);
  await consumer.close();
  expect(scripted.commits.map(({ offsets }) => offsets[0]!.offset)).toEqual([1, 3]);
  await kafka.close();
});

test("close commits nothing unless asked to, and then everything is refused", async () => {
  const { scripted, consumer, poll, kafka } = await setUp();
  await scripted.join(1, [p0]);
  void scripted.deliver(p0, 0, 1);
  await poll();
  await Promise.all([consumer.close(), consumer.close()]);
  expect(scripted.commits).toEqual([]);
  const closed = { code: "CLOSED", message: "the consumer is closed" };
  for (const attempt of [
    () => consumer.poll(),
    () => consumer.subscribe(["x"]),
    () => consumer.commit(),
    () => consumer.committed([p0]),
    () => consumer.seek(p0, 1),
    () => consumer.seekToEnd([p0]),
    () => consumer.seekToBeginning([p0]),
    async () => consumer.commitAsync(),
    async () => consumer.subscription(),
    async () => consumer.assignment(),
    async () => consumer.position(p0),
    async () => consumer.pause([p0]),
    async () => consumer.resume([p0]),
    async () => consumer.paused(),
  ]) {
    await expect(attempt()).rejects.toMatchObject(closed);
  }
  const other = await setUp();
  await other.scripted.join(1, [p0]);
  void other.scripted.deliver(p0, 0, 2);
  await other.poll(1);
  await other.consumer.close({ commit: true });
  expect(other.scripted.commits.map(({ offsets }) => offsets[0]!.offset)).toEqual([1]);
  await Promise.all([kafka.close(), other.kafka.close()]);
});

test("a consumer that fails tells the next poll, and the one that waits", async () => {
  const { scripted, poll, kafka, consumer } = await setUp();
  await scripted.join(1, [p0]);
  const waiting = expect(poll(undefined, 9_000)).rejects.toThrow("fell over");
  scripted.handlers.failed(new Error("fell over"));
  await waiting;
  await expect(poll()).rejects.toThrow("fell over");
  await consumer.close();
  await kafka.close();
});

test("partitions can be given instead of topics, again and again; what cannot be changes nothing", async () => {
  const driver = new ScriptedDriver();
  driver.logs.set("orders/0", { earliest: 3, latest: 9 });
  const kafka = createKafka({ driver });
  const consumer = kafka.pullConsumer({ reset: "earliest" });
  expect(consumer.group).toBeNull();
  await expect(consumer.assign([{ topic: "", partition: 0 }])).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  const told: number[] = [];
  await consumer.assign([p0], { onAssigned: (claims) => void told.push(...claims.map(({ partition }) => partition)) });
  expect(consumer.position(p0)).toBe(3);
  await consumer.assign([p0, p1]);
  await expect(consumer.assign([p1], {})).rejects.toThrow("handlers are given with the first assign");
  expect(told).toEqual([0, 1]);
  expect(consumer.assignment()).toMatchObject([p0, p1]);
  expect(consumer.groupMetadata()).toBeNull();
  await expect(consumer.subscribe(["orders"])).rejects.toThrow("a consumer consumes once");
  await kafka.close();
});
