import { fixed, sleep } from "@millrace/core";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime, type Handler, type ProcessOptions, type RuntimeOptions } from "../src/index.ts";
import { until } from "./support/harness.ts";
import { socketDrivers } from "./support/socket-drivers.ts";
import { createVirtualCluster } from "./support/virtual-cluster.ts";

const jobs = defineTopic({ name: "jobs", key: string(), value: string(), partitions: 2 });

async function createWorld(options: ProcessOptions<string> = {}, runtimeOptions: Partial<RuntimeOptions> = {}) {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const handled: string[] = [];
  const handler: { current: Handler<string, string> } = { current: () => undefined };
  const create = (changes: Partial<RuntimeOptions> = {}) => {
    const runtime = createRuntime(cluster.parts({ ...runtimeOptions, ...changes }));
    runtime.process(jobs, options, async (message, context) => {
      await handler.current(message, context);
      handled.push(message.value);
    });
    return runtime;
  };
  await clock.runUntil(cluster.kafka.admin().ensureTopics([jobs]));
  const runtime = create();
  const producer = cluster.kafka.producer();
  return {
    ...cluster,
    runtime,
    create,
    handled,
    handler,
    start: () => clock.runUntil(runtime.start()),
    stop: () => clock.runUntil(runtime.stop()),
    async send(count: number, from = 0, partition = 0) {
      const messages = Array.from({ length: count }, (_, n) => ({ key: `k${n % 3}`, value: `${from + n}`, partition }));
      await clock.runUntil(producer.sendBatch(jobs, messages));
    },
  };
}

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `${from + n}`);

test("while paused nothing begins, what runs finishes, and everything goes on afterwards in its order", async () => {
  const world = await createWorld({ concurrency: 2 });
  const { clock, runtime, handled, committed } = world;
  world.handler.current = async () => await sleep(1_000, { clock });
  await world.start();
  await world.send(10);
  await clock.runUntil(() => runtime.statistics().get("jobs")!.running === 2);
  runtime.pause();
  await world.send(10, 10);
  await clock.advance(30_000);
  expect(handled).toHaveLength(2);
  expect(runtime.statistics().get("jobs")!.running).toBe(0);
  expect(runtime.health()).toEqual({ ready: true, live: true, reasons: [] });
  runtime.resume();
  await clock.runUntil(() => handled.length === 20);
  for (const key of [0, 1, 2]) {
    const order = handled.map(Number).filter((n) => (n % 10) % 3 === key);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
  await world.stop();
  expect([committed("jobs"), handled.length]).toEqual([20, 20]);
});

test("a partition is paused alone; a retry that waits stays so, too; a stop does not mind", async () => {
  const world = await createWorld({ retry: fixed({ attempts: 2, delayMs: 2_000 }) });
  const { clock, runtime, handled, committed } = world;
  let attempts = 0;
  world.handler.current = ({ value, partition }) => {
    if (partition === 0 && value === "0" && ++attempts === 1) throw new Error("once");
  };
  await world.start();
  await world.send(1);
  await clock.runUntil(() => attempts === 1);
  runtime.pause({ topic: "jobs", partition: 0 });
  await world.send(3, 1, 0);
  await world.send(3, 100, 1);
  await clock.advance(30_000);
  expect([handled.toSorted(), attempts]).toEqual([numbers(100, 103), 1]);
  await world.stop();
  expect([committed("jobs", 0), committed("jobs", 1), attempts]).toEqual([0, 3, 1]);
});

test("a pause survives a rebalance, and may be made before the start", async () => {
  const world = await createWorld();
  const { clock, runtime, handled } = world;
  runtime.pause(["jobs"]);
  runtime.resume({ topic: "jobs", partition: 1 });
  await world.start();
  await world.send(5, 0, 0);
  await world.send(5, 100, 1);
  await clock.runUntil(() => handled.length === 5);
  const second = world.create();
  await clock.runUntil(second.start());
  await clock.advance(20_000);
  await clock.runUntil(second.stop());
  await clock.advance(20_000);
  await world.send(5, 105, 1);
  await clock.runUntil(() => handled.includes("109"));
  const paused = handled.filter((value) => Number(value) < 100);
  // The other member was not paused: it may have been given the partition.
  const before = paused.length;
  await world.send(3, 5, 0);
  await clock.advance(20_000);
  expect(handled.filter((value) => Number(value) < 100)).toHaveLength(before);
  runtime.resume();
  await clock.runUntil(() => numbers(0, 8).every((value) => handled.includes(value)));
  await world.stop();
});

test("drain settles and commits what was taken in, takes nothing more in, and ends with resume", async () => {
  const world = await createWorld({ concurrency: 1, rateLimit: { messagesPerSecond: 100 } }, { commitIntervalMs: 60_000 });
  const { clock, runtime, handled, committed } = world;
  world.handler.current = async () => await sleep(100, { clock });
  await world.start();
  await world.send(50);
  await clock.runUntil(() => handled.length === 3);
  const drained = runtime.drain();
  expect(runtime.health()).toMatchObject({ ready: false, live: true, reasons: [{ code: "drained" }] });
  await clock.runUntil(drained);
  const { length } = handled;
  expect(length).toBeLessThan(50);
  expect(committed("jobs")).toBe(length);
  await world.send(5, 50);
  await clock.advance(60_000);
  expect(handled).toHaveLength(length);
  runtime.resume();
  expect(runtime.health().ready).toBe(true);
  await clock.runUntil(() => handled.length === 55);
  expect(handled.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(0, 55));
  await world.stop();
});

test("a drain that takes too long, or is aborted, says so, and the runtime stays drained", async () => {
  const world = await createWorld();
  const { clock, runtime, handled } = world;
  const hanging = Promise.withResolvers<void>();
  world.handler.current = async () => await hanging.promise;
  await world.start();
  await world.send(1);
  await clock.runUntil(() => runtime.statistics().get("jobs")!.running === 1);
  await expect(clock.runUntil(runtime.drain({ timeoutMs: 5_000 }))).rejects.toMatchObject({ code: "TIMED_OUT" });
  const gone = new AbortController();
  const drained = runtime.drain({ signal: gone.signal });
  gone.abort();
  await expect(clock.runUntil(drained)).rejects.toMatchObject({ code: "ABORTED" });
  hanging.resolve();
  await world.send(1, 1);
  await clock.advance(10_000);
  expect(handled).toEqual(["0"]);
  await clock.runUntil(runtime.drain());
  await world.stop();
  await expect(runtime.drain()).rejects.toMatchObject({ code: "RUNTIME_MISUSED" });
});

test("a runtime that was drained before it ran has not been drained", async () => {
  const world = await createWorld();
  const { clock, runtime, start, stop, handled } = world;
  await expect(runtime.drain()).rejects.toMatchObject({ code: "RUNTIME_MISUSED" });
  await start();
  await world.send(3);
  await clock.runUntil(() => handled.length === 3);
  expect(runtime.health().ready).toBe(true);
  await stop();
});

test("a drain does not wait for what lies in the retry topic until its time", async () => {
  const world = await createWorld({
    retry: fixed({ attempts: 1 }),
    retryLater: fixed({ attempts: 2, delayMs: 3_600_000 }),
    deadLetter: {},
  });
  const { clock, runtime, handled, committed } = world;
  world.handler.current = (_, { round }) => {
    if (round === 1) throw new Error("not yet");
  };
  await world.start();
  await world.send(4);
  await clock.runUntil(() => runtime.statistics().get("jobs")!.waiting === 4);
  await clock.advance(5_000);
  const before = clock.monotonic();
  await clock.runUntil(runtime.drain());
  expect([clock.monotonic() - before < 1_000, committed("jobs")]).toEqual([true, 4]);
  runtime.resume();
  await clock.runUntil(() => handled.length === 4, { limitMs: 8_000_000 });
  await world.stop();
});

test("rewinding begins again at an offset, the beginning or a time, and skips to the end; the group's offset goes along", async () => {
  const world = await createWorld({ order: "partition" });
  const { clock, runtime, handled, committed } = world;
  await world.start();
  await world.send(10);
  await clock.runUntil(() => handled.length === 10);
  await clock.advance(10_000);
  const middle = clock.now();
  await world.send(5, 10);
  await clock.runUntil(() => handled.length === 15);
  const moves = async (to: Parameters<typeof runtime.rewind>[1], count: number) => {
    handled.length = 0;
    const rewound = await clock.runUntil(runtime.rewind({ topic: "jobs", partition: 0 }, to));
    const { offset } = rewound[0]!;
    const atOnce = committed("jobs");
    await clock.advance(5_000);
    expect([handled.length, committed("jobs")]).toEqual([count, 15]);
    return [offset, atOnce, handled[0]];
  };
  expect(await moves(12, 3)).toEqual([12, 12, "12"]);
  expect(await moves("beginning", 15)).toEqual([0, 0, "0"]);
  expect(await moves({ timestamp: middle }, 5)).toEqual([10, 10, "10"]);
  expect(await moves({ timestamp: middle + 1e9 }, 0)).toEqual([15, 15, undefined]);
  expect(await moves("end", 0)).toEqual([15, 15, undefined]);
  for (const to of [16, -1, 1.5, { timestamp: Number.NaN }]) {
    await expect(clock.runUntil(runtime.rewind("jobs", to))).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  }
  handled.length = 0;
  expect(await clock.runUntil(runtime.rewind("jobs", "beginning"))).toHaveLength(2);
  await clock.runUntil(() => handled.length === 15);
  await world.stop();
});

test("a rewind waits for what runs, drops what is buffered, and repeats nothing else", async () => {
  const world = await createWorld({ concurrency: 1 });
  const { clock, runtime, handled } = world;
  world.handler.current = async () => await sleep(1_000, { clock });
  await world.start();
  await world.send(5);
  await clock.runUntil(() => handled.length === 2);
  await clock.advance(500);
  await clock.runUntil(runtime.rewind({ topic: "jobs", partition: 0 }, 0));
  expect(handled).toEqual(["0", "1", "2"]);
  await clock.runUntil(() => handled.length === 8);
  expect(handled).toEqual(["0", "1", "2", "0", "1", "2", "3", "4"]);
  await world.stop();
});

test("what waits in the retry topic comes in its turn once, though its source is rewound", async () => {
  const world = await createWorld({ retry: fixed({ attempts: 1 }), retryLater: fixed({ attempts: 3, delayMs: 60_000 }), deadLetter: {} });
  const { clock, runtime, handled } = world;
  world.handler.current = ({ value }, { round }) => {
    if (value === "1" && round === 1) throw new Error("not yet");
  };
  await world.start();
  await world.send(6);
  // 4 has the key of 1, and waits behind it.
  await clock.runUntil(() => runtime.statistics().get("jobs")!.waiting === 2);
  await clock.runUntil(runtime.rewind("jobs", "beginning"));
  await clock.advance(30_000);
  expect(handled).toEqual(["0", "2", "3", "5", "0", "2", "3", "5"]);
  await clock.runUntil(() => handled.includes("4"));
  expect(handled.slice(8)).toEqual(["1", "4"]);
  await world.stop();
});

test("two rewinds at once follow each other, and one in the middle of a hand-over does no harm", async () => {
  const world = await createWorld();
  const { clock, runtime, handled } = world;
  await world.start();
  await world.send(10);
  await clock.runUntil(() => handled.length === 10);
  handled.length = 0;
  await clock.runUntil(
    Promise.all([runtime.rewind("jobs", "end"), runtime.rewind("jobs", 0), runtime.rewind({ topic: "jobs", partition: 0 }, 7)]),
  );
  await clock.advance(5_000);
  expect(handled.slice(-3)).toEqual(["7", "8", "9"]);
  const second = world.create();
  const joining = second.start();
  const rewinding = runtime.rewind("jobs", "beginning").catch((error: unknown) => error);
  await clock.runUntil(Promise.all([joining, rewinding]));
  await clock.advance(20_000);
  await world.send(4, 10, 0);
  await world.send(4, 14, 1);
  await clock.runUntil(() => numbers(10, 18).every((value) => handled.includes(value)));
  await clock.runUntil(Promise.all([runtime.stop(), second.stop()]));
  await runtime.stopped;
});

test("with exactly-once steps, what is drained is committed, and a rewind moves what the next transaction begins with", async () => {
  const world = await createWorld({ exactlyOnce: true, concurrency: 2, deadLetter: {} });
  const { clock, runtime, handled, committed } = world;
  world.handler.current = async () => await sleep(100, { clock });
  await world.start();
  await world.send(20);
  await clock.runUntil(() => handled.length === 5);
  await clock.runUntil(runtime.drain());
  expect([handled.length, committed("jobs")]).toEqual([20, 20]);
  await world.send(5, 20);
  runtime.resume();
  await clock.runUntil(() => handled.length === 25);
  handled.length = 0;
  expect(await clock.runUntil(runtime.rewind({ topic: "jobs", partition: 0 }, 10))).toMatchObject([{ offset: 10 }]);
  await clock.runUntil(() => handled.length === 15);
  expect(handled.map(Number).toSorted((a, b) => a - b)).toEqual(numbers(10, 25).map(Number));
  await clock.advance(5_000);
  expect(committed("jobs")).toBe(25);
  handled.length = 0;
  await clock.runUntil(runtime.rewind({ topic: "jobs", partition: 0 }, 3));
  await clock.runUntil(() => handled.length === 5);
  runtime.pause();
  await clock.advance(5_000);
  const { length } = handled;
  await clock.advance(120_000);
  expect(handled).toHaveLength(length);
  runtime.resume();
  await clock.runUntil(() => handled.length === 22);
  await world.stop();
  expect(committed("jobs")).toBe(25);
});

test("a drain ends though an exactly-once step is aborted meanwhile: what belonged to it is taken in again afterwards", async () => {
  const results = defineTopic({ name: "results", key: string(), value: string() });
  const world = await createWorld({
    exactlyOnce: true,
    deadLetter: {},
    retry: fixed({ attempts: 1 }),
    retryLater: fixed({ attempts: 2, delayMs: 1_000 }),
  });
  const { clock, runtime, handled } = world;
  await clock.runUntil(world.kafka.admin().ensureTopics([results]));
  world.handler.current = async ({ key, value }, context) => {
    await context.send(results, { key, value });
    await sleep(500, { clock });
    if (context.round === 1) throw new Error("not yet");
  };
  await world.start();
  await world.send(6);
  await clock.runUntil(() => runtime.statistics().get("jobs")!.running > 0);
  const before = clock.monotonic();
  await clock.runUntil(runtime.drain({ timeoutMs: 60_000 }));
  expect(clock.monotonic() - before).toBeLessThan(10_000);
  runtime.resume();
  await clock.runUntil(() => handled.length === 6);
  await world.stop();
});

test("a processor is scaled while it runs and before", async () => {
  const world = await createWorld({ concurrency: 1, order: "unordered" });
  const { clock, runtime } = world;
  world.handler.current = async () => await sleep(1_000, { clock });
  const running = () => runtime.statistics().get("jobs")!.running;
  runtime.scale("jobs", 2);
  await world.start();
  await world.send(40);
  await clock.runUntil(() => running() === 2);
  runtime.scale("jobs", 5);
  expect(running()).toBe(5);
  runtime.scale("jobs", 1);
  await clock.advance(1_500);
  expect(running()).toBe(1);
  for (const wrong of [0, 1.5, Number.POSITIVE_INFINITY]) expect(() => runtime.scale("jobs", wrong)).toThrow(/concurrency/u);
  await world.stop();
});

test("commands about what is not processed, not held or not running are mistakes", async () => {
  const world = await createWorld();
  const { clock, runtime } = world;
  const misused = expect.objectContaining({ code: "RUNTIME_MISUSED" }) as Error;
  for (const command of [() => runtime.pause("other"), () => runtime.resume({ topic: "other" }), () => runtime.scale("other", 1)])
    expect(command).toThrow(misused);
  await expect(runtime.rewind("jobs", 0)).rejects.toMatchObject({ code: "RUNTIME_MISUSED" });
  await world.start();
  await clock.runUntil(() => runtime.health().ready);
  await expect(runtime.rewind({ topic: "jobs", partition: 7 }, 0)).rejects.toMatchObject({ code: "RUNTIME_NOT_HELD" });
  await expect(runtime.rewind("other", 0)).rejects.toMatchObject({ code: "RUNTIME_MISUSED" });
  await world.stop();
});

test.each(socketDrivers)("pause, drain, rewind and resume over %s lose nothing", async (_name, driver) => {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const kafka = createKafka({ driver: driver(broker.brokers) });
  onTestFinished(() => kafka.close());
  const handled: string[] = [];
  const runtime = createRuntime({ kafka, group: "g", commitIntervalMs: 50 });
  runtime.process(jobs, { concurrency: 4 }, async ({ value }) => {
    await sleep(1);
    handled.push(value);
  });
  await runtime.start();
  const producer = kafka.producer();
  const send = (from: number, to: number) =>
    producer.sendBatch(
      jobs,
      numbers(from, to).map((value) => ({ key: value, value })),
    );
  await send(0, 200);
  await until(() => handled.length > 20, "some");
  runtime.pause({ topic: "jobs", partition: 0 });
  await send(200, 400);
  await until(() => runtime.statistics().get("jobs")!.running === 0, "a rest");
  runtime.resume();
  await runtime.drain();
  const { length } = handled;
  const committed = async () => (await kafka.admin().groupOffsets("g", ["jobs"])).reduce((sum, { offset }) => sum + offset, 0);
  expect(await committed()).toBe(length);
  runtime.resume();
  await until(() => new Set(handled).size === 400, "everything");
  expect(handled).toHaveLength(400);
  await runtime.rewind("jobs", "beginning");
  await until(() => handled.length === 800, "everything again");
  await runtime.stop();
  expect([new Set(handled).size, handled.length, await committed()]).toEqual([400, 800, 400]);
});
