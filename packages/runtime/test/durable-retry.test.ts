import { createLogger, fixed, noRetry } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { type BrokerEngine, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createKafka, type Kafka } from "@millrace/kafka";
import { decodeDeadLetter, readStory, redrive, writeStory } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime, type Handler, type ProcessOptions, type Runtime, type RuntimeOptions } from "../src/index.ts";

interface Order {
  readonly n: number;
}

const orders = defineTopic({ name: "orders", key: string(), value: json<Order>(), partitions: 1 });
const retryTopic = "orders.retry.billing";
const minute = 60_000;

interface Attempt {
  readonly key: string | null;
  readonly n: number;
  readonly round: number;
  readonly atMs: number;
}

interface World {
  readonly clock: ReturnType<typeof createVirtualClock>;
  readonly engine: ReturnType<typeof createBrokerEngine>;
  readonly kafka: Kafka;
  /** What handlers were called with. */
  readonly attempts: Attempt[];
  /** Which calls of a handler fail. */
  fails: (attempt: Attempt) => boolean;
  /** Starts a runtime with a connection of its own. */
  readonly start: (
    options?: ProcessOptions<string>,
    runtimeOptions?: Partial<RuntimeOptions>,
  ) => Promise<{ readonly runtime: Runtime; readonly kill: () => void }>;
  readonly send: (...records: readonly (readonly [key: string | null, n: number])[]) => Promise<void>;
  readonly committed: (topic: string) => number;
  readonly stop: (runtime: Runtime) => Promise<void>;
}

/** Everything in virtual time: one partition, one group. */
function createWorld(): World {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const random = seededRandom(1);
  const engine = createBrokerEngine({ clock, random });
  const connect = (given = engine): Kafka => createKafka({ driver: memory({ engine: given }), clock, random });
  const kafka = connect();
  const producer = kafka.producer();
  const attempts: Attempt[] = [];
  onTestFinished(() => engine.close());
  const world: World = {
    clock,
    engine,
    kafka,
    attempts,
    fails: () => false,
    async start(options = {}, runtimeOptions = {}) {
      let dead = false;
      const never = new Promise<never>(() => undefined);
      const mortal = { ...engine, handle: (request: EngineRequest) => (dead ? never : engine.handle(request)) } as BrokerEngine;
      const runtime = createRuntime({
        kafka: connect(mortal),
        group: "billing",
        clock,
        random,
        commitIntervalMs: 100,
        sessionTimeoutMs: 6_000,
        drainMs: 1_000,
        ...runtimeOptions,
      });
      const handler: Handler<string, Order> = async ({ key, value }, { round }) => {
        if (dead) await never;
        const attempt = { key, n: value.n, round, atMs: clock.monotonic() };
        attempts.push(attempt);
        if (world.fails(attempt)) throw new Error(`${key} ${value.n} fails in round ${round}`);
      };
      runtime.process(orders, { retry: noRetry, retryLater: fixed({ attempts: 3, delayMs: minute }), deadLetter: {}, ...options }, handler);
      await clock.runUntil(runtime.start());
      return {
        runtime,
        kill() {
          dead = true;
        },
      };
    },
    async send(...records) {
      for (const [key, n] of records) await clock.runUntil(producer.send(orders, { key, value: { n } }));
    },
    committed: (topic) => engine.offsets("billing").find((stored) => stored.topic === topic)?.offset ?? 0,
    stop: async (runtime) => await clock.runUntil(runtime.stop()),
  };
  return world;
}

const shown = ({ key, n, round }: Attempt): string => `${key}${n}/${round}`;

test("a failed record waits in the retry topic and later ones of its key behind it; other keys go on, and so does the source's offset", async () => {
  const world = createWorld();
  const { clock, attempts, send, committed } = world;
  world.fails = ({ n, round }) => n === 1 && round < 3;
  const { runtime } = await world.start();
  await send(["a", 1], ["a", 2], ["b", 3], ["a", 4]);
  await clock.advance(2_000);
  expect(attempts.map(shown)).toEqual(["a1/1", "b3/1"]);
  expect(runtime.statistics().get("orders")).toMatchObject({ handled: 1, parked: 3, waiting: 3, running: 0 });
  expect([committed("orders"), committed(retryTopic)]).toEqual([4, 0]);
  await send(["b", 5]);
  await clock.advance(minute);
  expect(attempts.map(shown)).toEqual(["a1/1", "b3/1", "b5/1", "a1/2"]);
  await clock.advance(minute);
  expect(attempts.map(shown).slice(4)).toEqual(["a1/3", "a2/1", "a4/1"]);
  const [first, , third] = attempts.filter(({ n }) => n === 1);
  expect(third!.atMs - first!.atMs).toBeGreaterThanOrEqual(2 * minute);
  await send(["a", 6]);
  await clock.advance(2_000);
  expect(attempts.at(-1)).toMatchObject({ n: 6, round: 1 });
  expect(runtime.statistics().get("orders")).toMatchObject({ handled: 6, waiting: 0, deadLettered: 0 });
  await world.stop(runtime);
  expect(committed(retryTopic)).toBe(world.engine.records(retryTopic).length);
});

test("when its rounds are used up a record becomes one dead letter that counts all its attempts, and its followers go on", async () => {
  const world = createWorld();
  const { clock, attempts, engine } = world;
  world.fails = ({ n }) => n === 1;
  const { runtime } = await world.start({ retry: fixed({ attempts: 2, delayMs: 10 }) });
  await world.send(["a", 1], ["a", 2]);
  await clock.runUntil(() => attempts.some(({ n }) => n === 2), { limitMs: 10 * minute });
  expect(attempts.map(shown)).toEqual(["a1/1", "a1/1", "a1/2", "a1/2", "a1/3", "a1/3", "a2/1"]);
  await world.stop(runtime);
  const letters = engine.records("dlq.orders").map((record) => decodeDeadLetter({ ...record, topic: "dlq.orders", headers: [] }));
  expect(letters).toMatchObject([
    { attempts: 6, disposition: "attempts-exhausted", headers: [], origin: { topic: "orders", partition: 0, offset: 0 } },
  ]);
});

test("what is classified retry-later is parked at once, what is not is retried in place first; a time limit ends the rounds too", async () => {
  const world = createWorld();
  const { clock, attempts } = world;
  world.fails = () => true;
  const { runtime } = await world.start({
    retry: fixed({ attempts: 3, delayMs: 10 }),
    retryLater: fixed({ attempts: 100, delayMs: minute, maxElapsedMs: 2.5 * minute }),
    classify: (error) => (String(error).includes("a") && String(error).includes(" 1 ") ? "retry-later" : "retry"),
  });
  await world.send(["a", 1], ["b", 2]);
  await clock.advance(minute / 2);
  expect(attempts.map(shown)).toEqual(["a1/1", "b2/1", "b2/1", "b2/1"]);
  await clock.runUntil(() => runtime.statistics().get("orders")?.deadLettered === 2, { limitMs: 10 * minute });
  expect(attempts.filter(({ n }) => n === 1).map(shown)).toEqual(["a1/1", "a1/2", "a1/3"]);
  const letters = world.engine.records("dlq.orders").map((record) => decodeDeadLetter({ ...record, topic: "dlq.orders", headers: [] }));
  expect(letters.map(({ disposition, attempts: all }) => [disposition, all]).toSorted(([, a], [, b]) => Number(a) - Number(b))).toEqual([
    ["time-exhausted", 3],
    ["time-exhausted", 9],
  ]);
  await world.stop(runtime);
});

test("a record that was parked before a crash, but not committed, is not parked again nor handled early", async () => {
  const world = createWorld();
  const { clock, attempts, engine, committed } = world;
  world.fails = ({ n, round }) => n <= 2 && round === 1;
  const first = await world.start({}, { commitIntervalMs: 10 * minute });
  await world.send(["a", 1], ["b", 2], ["a", 3], [null, 4]);
  await clock.runUntil(() => first.runtime.statistics().get("orders")?.parked === 3);
  expect(committed("orders")).toBe(0);
  first.kill();
  const { runtime } = await world.start();
  await clock.advance(10_000);
  // Only what had not been parked is handled again.
  expect(attempts.map(shown)).toEqual(["a1/1", "b2/1", "null4/1", "null4/1"]);
  expect(engine.records(retryTopic)).toHaveLength(3);
  await clock.advance(minute);
  expect(attempts.slice(4).map(shown).toSorted()).toEqual(["a1/2", "a3/1", "b2/2"]);
  expect([committed("orders"), committed(retryTopic)]).toEqual([4, 3]);
  await world.stop(runtime);
});

test("a record that was parked before a crash, and whose time has come since, is handled once though the source brings it again", async () => {
  const world = createWorld();
  const { clock, attempts, committed } = world;
  world.fails = ({ n, round }) => n <= 2 && round === 1;
  const first = await world.start({}, { commitIntervalMs: 10 * minute });
  await world.send(["a", 1], ["b", 2], ["a", 3]);
  await clock.runUntil(() => first.runtime.statistics().get("orders")?.parked === 3);
  expect(committed("orders")).toBe(0);
  first.kill();
  await clock.advance(2 * minute);
  // The source comes after everything that was parked has been handled.
  const { runtime } = await world.start({ delayMs: 10 * minute });
  await clock.runUntil(() => committed(retryTopic) === 3);
  expect([attempts.length, committed("orders")]).toEqual([5, 0]);
  await clock.advance(10 * minute);
  expect(attempts.slice(2).map(shown).toSorted()).toEqual(["a1/2", "a3/1", "b2/2"]);
  expect(committed("orders")).toBe(3);
  expect(runtime.statistics().get("orders")).toMatchObject({ handled: 3, parked: 0 });
  await world.stop(runtime);
});

test("what came back and was handled is not handled again when its source is moved ahead, though nothing was committed yet", async () => {
  const world = createWorld();
  const { clock, attempts, committed } = world;
  world.fails = ({ n, round }) => n === 1 && round === 1;
  const { runtime } = await world.start({}, { commitIntervalMs: 10 * minute });
  await world.send(["a", 1], ["b", 2]);
  await clock.runUntil(() => runtime.statistics().get("orders")?.handled === 2);
  expect([attempts.map(shown), committed(retryTopic)]).toEqual([["a1/1", "b2/1", "a1/2"], 0]);
  await clock.runUntil(runtime.rewind("orders", "end"));
  await clock.advance(2 * minute);
  expect(attempts).toHaveLength(3);
  await world.stop(runtime);
});

test("what an owner of the partition writes after it lost it is passed over; what a redrive sends is not", async () => {
  const world = createWorld();
  const { clock, attempts, kafka, committed } = world;
  const { runtime } = await world.start();
  const origin = { topic: "orders", partition: 0, offset: 0, timestamp: 1 };
  const story = { origin, group: "billing", attempts: 1, redrives: 0, job: null };
  const producer = kafka.producer();
  const write = async (n: number, headers: ReturnType<typeof writeStory>): Promise<void> => {
    await clock.runUntil(
      producer.sendRaw({ topic: retryTopic, partition: 0, key: Buffer.from("a"), value: Buffer.from(JSON.stringify({ n })), headers }),
    );
  };
  await write(1, writeStory([], { ...story, parked: { due: 0, rounds: 1, since: 1, claim: "another" } }));
  await write(2, writeStory([], { ...story, job: "again" }));
  // By hand.
  await write(3, []);
  await clock.runUntil(() => committed(retryTopic) === 3);
  expect(attempts.map(shown)).toEqual(["a2/1", "a3/1"]);
  await world.stop(runtime);
});

test("without a key, or with no order asked for, nobody waits for anybody; with order by partition everybody does", async () => {
  for (const [order, key, handled] of [
    ["key", null, ["null1/1", "null2/1", "null3/1"]],
    ["unordered", "a", ["a1/1", "a2/1", "a3/1"]],
    ["partition", null, ["null1/1"]],
  ] as const) {
    const world = createWorld();
    world.fails = ({ n, round }) => n === 1 && round === 1;
    const { runtime } = await world.start({ order });
    await world.send([key, 1], [key, 2], [key, 3]);
    await world.clock.advance(2_000);
    expect(world.attempts.map(shown)).toEqual(handled);
    await world.clock.advance(minute);
    expect(world.attempts.map(({ n }) => n)).toEqual(order === "partition" ? [1, 1, 2, 3] : [1, 2, 3, 1]);
    await world.stop(runtime);
  }
});

test("beyond maxParked what would have to be parked waits and holds its partition back, other keys go on; then everything goes on", async () => {
  const world = createWorld();
  const { clock, attempts, committed } = world;
  world.fails = ({ n, round }) => n < 5 && round === 1;
  const { runtime } = await world.start({ maxParked: 2, concurrency: 2 });
  await world.send(["a", 1], ["b", 2], ["c", 3], ["d", 4], ["a", 5], ["e", 6], ["c", 7]);
  await clock.advance(minute / 2);
  expect(attempts.map(shown).toSorted()).toEqual(["a1/1", "b2/1", "c3/1", "d4/1", "e6/1"]);
  expect(runtime.statistics().get("orders")).toMatchObject({ parked: 2, waiting: 2, running: 0 });
  expect(committed("orders")).toBe(2);
  await clock.runUntil(() => committed("orders") === 7, { limitMs: 10 * minute });
  await clock.runUntil(() => runtime.statistics().get("orders")?.waiting === 0, { limitMs: 10 * minute });
  for (const key of ["a", "c"]) {
    const order = attempts.filter((one) => one.key === key).map(({ n }) => n);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
  expect(runtime.statistics().get("orders")).toMatchObject({ handled: 7, deadLettered: 0 });
  await world.stop(runtime);
});

test("a busy key leaves the retry topic again once what was parked has been handled, though its records never stop coming", async () => {
  const world = createWorld();
  const { clock, attempts, kafka } = world;
  world.fails = ({ n, round }) => n === 0 && round === 1;
  const { runtime } = await world.start({ retryLater: fixed({ attempts: 2, delayMs: 2_000 }) });
  // What was parked takes longer to come back than the next record takes to come.
  world.engine.faults.delay("Fetch", 20, { topic: retryTopic });
  const producer = kafka.producer();
  const sends: Promise<unknown>[] = [];
  const parked: number[] = [];
  for (let n = 0; n < 2_000; n++) {
    sends.push(producer.send(orders, { key: "a", value: { n } }));
    await clock.advance(2);
    if (n % 500 === 499) parked.push(runtime.statistics().get("orders")!.parked);
  }
  await Promise.all(sends);
  await clock.runUntil(() => runtime.statistics().get("orders")?.handled === 2_000);
  // Two seconds of it were parked, at one record every two milliseconds.
  expect(parked.at(-1)).toBeLessThan(1_100);
  expect(parked.at(-1)).toBe(parked.at(-2));
  const order = attempts.slice(1).map(({ n }) => n);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  await world.stop(runtime);
});

test("stopping while records wait for their time or for room takes no time, and loses nothing", async () => {
  const world = createWorld();
  const { clock, attempts } = world;
  world.fails = ({ n, round }) => n < 4 && round === 1;
  const { runtime } = await world.start({ maxParked: 2 });
  await world.send(["a", 1], ["b", 2], ["c", 3], ["a", 4]);
  await clock.advance(5_000);
  const before = clock.monotonic();
  await world.stop(runtime);
  expect(clock.monotonic() - before).toBeLessThan(500);
  const next = await world.start();
  await clock.advance(2 * minute);
  expect(attempts.slice(3).map(shown).toSorted()).toEqual(["a1/2", "a4/1", "b2/2", "c3/1", "c3/2"]);
  await world.stop(next.runtime);
});

test("a redriven record has the order of its key towards what comes after it was read", async () => {
  const world = createWorld();
  const { clock, attempts, kafka } = world;
  world.fails = ({ n, round }) => n === 1 && round < 4;
  const { runtime } = await world.start({ retryLater: fixed({ attempts: 2, delayMs: minute }) });
  await world.send(["a", 1], ["a", 2]);
  await clock.runUntil(() => runtime.statistics().get("orders")?.deadLettered === 1, { limitMs: 5 * minute });
  let fails = 1;
  world.fails = ({ n }) => n === 1 && fails-- > 0;
  await clock.advance(1_000);
  expect(attempts.map(shown)).toEqual(["a1/1", "a1/2", "a2/1"]);
  await clock.runUntil(redrive({ kafka, topic: "orders", group: "billing", job: "again", clock }));
  await clock.runUntil(() => attempts.length === 4);
  await world.send(["a", 3], ["b", 4]);
  await clock.advance(2_000);
  expect(attempts.slice(3).map(shown)).toEqual(["a1/1", "b4/1"]);
  await clock.advance(minute);
  expect(attempts.slice(5).map(shown)).toEqual(["a1/2", "a3/1"]);
  const stories = world.engine.records(retryTopic).map((record) => readStory({ ...record, topic: retryTopic }));
  expect(stories.findLast((story) => story?.origin.offset === 0)).toMatchObject({ job: "again", redrives: 1, attempts: 3 });
  await world.stop(runtime);
});

test("a retry topic with fewer partitions than its source stops the runtime with what to do", async () => {
  const world = createWorld();
  const { kafka, clock } = world;
  const admin = kafka.admin();
  const { runtime } = await world.start();
  await world.stop(runtime);
  await clock.runUntil(admin.createPartitions("orders", 2));
  const lines: string[] = [];
  const next = await world.start({}, { topology: "verify", logger: createLogger({ write: ({ message }) => lines.push(message) }) });
  await expect(clock.runUntil(next.runtime.stopped)).rejects.toMatchObject({
    code: "RUNTIME_UNPAIRED_PARTITION",
    message: expect.stringMatching(/orders\/1 was assigned without orders\.retry\.billing\/1/),
  });
  expect(lines).toContain("runtime halted");
});

test("ten thousand parked records are looked through before the source starts, in little time, and keep their order", async () => {
  const world = createWorld();
  const { clock, attempts, kafka } = world;
  const first = await world.start();
  await world.stop(first.runtime);
  const producer = kafka.producer();
  const due = clock.now() + minute;
  const count = 10_000;
  const timestamp = 1;
  for (let from = 0; from < count; from += 500) {
    const batch = Array.from({ length: 500 }, (_, index) => {
      const n = from + index;
      const origin = { topic: "orders", partition: 0, offset: n, timestamp };
      const headers = writeStory([], {
        origin,
        group: "billing",
        attempts: 1,
        redrives: 0,
        job: null,
        parked: { due, rounds: 1, since: 1, claim: "earlier" },
      });
      return producer.sendRaw({ topic: retryTopic, key: Buffer.from(`k${n % 100}`), value: Buffer.from(`{"n":${n}}`), headers });
    });
    await clock.runUntil(Promise.all(batch));
  }
  const began = performance.now();
  const { runtime } = await world.start({ concurrency: 100 });
  await world.send(["k1", count], ["free", count + 1]);
  await clock.runUntil(() => attempts.length === 1);
  const tookMs = performance.now() - began;
  expect(attempts.map(shown)).toEqual([`free${count + 1}/1`]);
  expect(runtime.statistics().get("orders")).toMatchObject({ waiting: count });
  // Two seconds on a machine that does nothing else.
  expect(tookMs).toBeLessThan(20_000);
  await clock.runUntil(() => runtime.statistics().get("orders")?.handled === count + 2, { limitMs: 10 * minute });
  const ofKey = attempts.filter(({ key }) => key === "k1").map(({ n }) => n);
  expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
  expect(ofKey).toHaveLength(101);
  await world.stop(runtime);
});

test("a record that cannot be parked waits until it can be, its key with it, and nothing behind it is committed", async () => {
  const world = createWorld();
  const { clock, attempts, engine, committed } = world;
  world.fails = ({ n, round }) => n === 1 && round === 1;
  const lines: string[] = [];
  const { runtime } = await world.start({ concurrency: 1 }, { logger: createLogger({ write: ({ message }) => lines.push(message) }) });
  const fault = engine.faults.error("Produce", "NOT_ENOUGH_REPLICAS", { topic: retryTopic });
  await world.send(["a", 1], ["a", 2], ["b", 3]);
  await clock.runUntil(() => lines.some((line) => line.startsWith("record not parked")), { limitMs: 10 * minute });
  expect(attempts.map(shown)).toEqual(["a1/1", "b3/1"]);
  expect(committed("orders")).toBe(0);
  fault.undo();
  await clock.runUntil(() => runtime.statistics().get("orders")?.handled === 3, { limitMs: 10 * minute });
  expect(attempts.map(shown)).toEqual(["a1/1", "b3/1", "a1/2", "a2/1"]);
  await clock.advance(1_000);
  expect(committed("orders")).toBe(3);
  await world.stop(runtime);
});

/** Two records of a key are parked, and their runtime has stopped; from now on the retry topic cannot be read, until it is undone. */
async function parkOutOfReach(world: World): Promise<{ undo(): void }> {
  world.fails = ({ n, round }) => n === 1 && round === 1;
  const { runtime } = await world.start();
  await world.send(["a", 1], ["a", 2]);
  await world.clock.advance(1_000);
  await world.stop(runtime);
  return world.engine.faults.error("Fetch", "NOT_LEADER_OR_FOLLOWER", { topic: retryTopic });
}

test("stopping does not wait for a retry partition that cannot be read; the next runtime finds everything as it was", async () => {
  const world = createWorld();
  const { clock, attempts } = world;
  const fault = await parkOutOfReach(world);
  const second = await world.start();
  await clock.advance(30_000);
  await world.send(["b", 3]);
  expect(attempts.map(shown)).toEqual(["a1/1"]);
  await world.stop(second.runtime);
  await second.runtime.stopped;
  fault.undo();
  const third = await world.start();
  await clock.runUntil(() => attempts.length === 4, { limitMs: 5 * minute });
  expect(attempts.map(shown).toSorted((a, b) => a.localeCompare(b))).toEqual(["a1/1", "a1/2", "a2/1", "b3/1"]);
  await world.stop(third.runtime);
});

test("a member that cannot read the retry partition does not hold its group up for ever, and works on when it can", async () => {
  const world = createWorld();
  const { clock, attempts } = world;
  const fault = await parkOutOfReach(world);
  const runtimes = [await world.start(), await world.start()].map(({ runtime }) => runtime);
  await world.send(["b", 3]);
  await clock.advance(5 * minute);
  expect(attempts.map(shown)).toEqual(["a1/1"]);
  fault.undo();
  await clock.runUntil(() => attempts.length === 4, { limitMs: 5 * minute });
  expect(attempts.map(shown).toSorted((a, b) => a.localeCompare(b))).toEqual(["a1/1", "a1/2", "a2/1", "b3/1"]);
  for (const runtime of runtimes) {
    await world.stop(runtime);
    await runtime.stopped;
  }
});

test("a copy that is read before its writing was answered is handled when it is, not passed over", async () => {
  const world = createWorld();
  const { clock, attempts, engine, kafka } = world;
  const earlier = await world.start();
  await world.stop(earlier.runtime);
  const producer = kafka.producer();
  // The second one of the key lies before the first.
  for (const n of [2, 1]) {
    const headers = writeStory([], {
      origin: { topic: "orders", partition: 0, offset: n, timestamp: 1 },
      group: "billing",
      attempts: 1,
      redrives: 0,
      job: null,
      parked: { due: 0, rounds: 1, since: 1, claim: "earlier" },
    });
    await clock.runUntil(producer.sendRaw({ topic: retryTopic, key: Buffer.from("a"), value: Buffer.from(`{"n":${n}}`), headers }));
  }
  engine.faults.delay("Produce", 700, { topic: retryTopic, at: "after" });
  const { runtime } = await world.start();
  await clock.runUntil(() => attempts.length === 2, { limitMs: minute });
  expect(attempts.map(shown)).toEqual(["a1/2", "a2/2"]);
  await clock.advance(1_000);
  expect(runtime.statistics().get("orders")).toMatchObject({ handled: 2, waiting: 0 });
  await world.stop(runtime);
});
