import { createLogger, noRetry, sleep } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { type BrokerEngine, createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka, type Kafka } from "@millrace/kafka";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime, type Runtime, RuntimeError } from "../src/index.ts";
import { decodeOffsetMap } from "../src/offset-map.ts";
import { createCluster, until } from "./support/harness.ts";

const jobs = defineTopic({ name: "jobs", key: string(), value: string(), partitions: 4 });

async function fill(kafka: Kafka, count: number, from = 0): Promise<void> {
  const producer = kafka.producer();
  await Promise.all(Array.from({ length: count }, (_, n) => producer.send(jobs, { key: `k${(from + n) % 40}`, value: String(from + n) })));
  await producer.close();
}

test("stopping finishes what runs, commits it and starts nothing new; the next runtime goes on exactly there", async () => {
  const { kafka } = createCluster();
  const handled: string[] = [];
  const create = () => {
    const runtime = createRuntime({ kafka, group: "g", commitIntervalMs: 60_000 });
    runtime.process(jobs, { concurrency: 5 }, async ({ value }) => {
      await sleep(2);
      handled.push(value);
    });
    return runtime;
  };
  const first = create();
  await first.start();
  await fill(kafka, 300);
  await until(() => handled.length >= 20, "some work");
  await first.stop();
  const atStop = handled.length;
  expect(atStop).toBeLessThan(300);
  expect(first.statistics().get("jobs")).toMatchObject({ running: 0, handled: atStop });
  const second = create();
  await second.start();
  await until(() => new Set(handled).size === 300, "the rest");
  await second.stop();
  await Promise.all([first.stopped, second.stopped]);
  expect(handled).toHaveLength(300);
});

/** Whether the group's commit for partition 0 of "jobs" tells that everything from `from` to below `to` is settled. */
function isRemembered(engine: BrokerEngine, from: number, to: number): boolean {
  const stored = engine.offsets("g").find(({ topic }) => topic === "jobs");
  const map = decodeOffsetMap(stored?.metadata ?? null, stored?.offset ?? -1);
  return map?.ranges.length === 1 && map.ranges[0]?.from === from && map.ranges[0].to === to;
}

test("a runtime that dies without a word loses nothing, and the next one repeats nothing that was settled and committed", async () => {
  const { kafka, connect, committed, engine } = createCluster();
  const dying = connect("dying");
  const hanging = Promise.withResolvers<void>();
  const first = createRuntime({ kafka: dying, group: "g", commitIntervalMs: 5, drainMs: 0 });
  first.process(jobs, { concurrency: 100 }, async ({ value }) => {
    if (Number(value) === 100) await hanging.promise;
  });
  await first.start();
  const producer = kafka.producer();
  for (let n = 0; n < 200; n++) await producer.send(jobs, { key: `k${n}`, value: String(n), partition: 0 });
  await until(() => committed("g", "jobs") === 100 && isRemembered(engine, 101, 200), "all but one");
  await dying.close();
  const again: number[] = [];
  const second = createRuntime({ kafka, group: "g", commitIntervalMs: 5 });
  second.process(jobs, {}, ({ value }) => void again.push(Number(value)));
  await second.start();
  await until(() => committed("g", "jobs") === 200, "everything");
  expect(again).toEqual([100]);
  hanging.resolve();
  await second.stop();
});

test("a broker that takes no metadata of that length gets offsets alone", async () => {
  const engine = createBrokerEngine({ groups: { minSessionTimeoutMs: 100 }, offsetMetadataMaxBytes: 4 });
  const kafka = createKafka({ driver: memory({ engine }) });
  onTestFinished(async () => {
    await kafka.close();
    engine.close();
  });
  const hanging = Promise.withResolvers<void>();
  const warnings: string[] = [];
  const logger = createLogger({ level: "warn", write: ({ message }) => warnings.push(message) });
  const runtime = createRuntime({ kafka, group: "g", commitIntervalMs: 5, drainMs: 0, logger });
  runtime.process(jobs, { concurrency: 10 }, async ({ value }) => {
    if (value === "1") await hanging.promise;
  });
  await runtime.start();
  const producer = kafka.producer();
  for (let n = 0; n < 5; n++) await producer.send(jobs, { key: `k${n}`, value: String(n), partition: 0 });
  await until(() => engine.offsets("g").some(({ topic, offset, metadata }) => topic === "jobs" && offset === 1 && !metadata), "an offset");
  await until(() => warnings.length > 0, "a warning");
  hanging.resolve();
  await until(() => engine.offsets("g").some(({ topic, offset }) => topic === "jobs" && offset === 5), "everything");
  await runtime.stop();
  expect(warnings).toEqual([
    "the broker takes less metadata with offsets than usual: what is settled above them is not kept over a restart",
  ]);
});

test("when a second runtime joins and the first one leaves, nothing is lost and nothing is handled twice", async () => {
  const { kafka, connect, engine } = createCluster();
  const handled: { readonly by: string; readonly value: string }[] = [];
  const create = (by: string) => {
    const runtime = createRuntime({ kafka: connect(by), group: "g", sessionTimeoutMs: 3_000, commitIntervalMs: 60_000 });
    // In order per partition, so that what is settled at the hand-over has nothing unfinished below it.
    runtime.process(jobs, { order: "partition" }, async ({ value }) => {
      await sleep(1);
      handled.push({ by, value });
    });
    return runtime;
  };
  const first = create("first");
  await first.start();
  await fill(kafka, 200);
  await until(() => handled.length > 20, "the first to work");
  const second = create("second");
  await second.start();
  await until(() => {
    const [group] = engine.groups();
    return group!.state === "Stable" && group!.members.length === 2;
  }, "both to be members");
  await fill(kafka, 200, 200);
  await until(() => handled.some(({ by }) => by === "second"), "the second to work");
  await first.stop();
  await fill(kafka, 100, 400);
  await until(() => new Set(handled.map(({ value }) => value)).size === 500, "everything");
  await second.stop();
  expect(handled).toHaveLength(500);
});

test("a record that can be neither handled nor put aside stops the runtime, with its offset uncommitted", async () => {
  const { kafka, committed } = createCluster();
  const runtime = createRuntime({ kafka, group: "g" });
  runtime.process(jobs, { retry: noRetry }, ({ value }) => {
    if (value === "bad") throw new Error("cannot");
  });
  const running = runtime.run({ signals: [] }).catch((error: unknown) => error);
  const producer = kafka.producer();
  for (const value of ["good", "bad", "never"]) await producer.send(jobs, { key: "a", value, partition: 0 });
  const failure = await running;
  expect(RuntimeError.is(failure) && failure.code).toBe("RUNTIME_HALTED");
  await expect(runtime.stopped).rejects.toBe(failure);
  expect(committed("g", "jobs")).toBe(1);
  expect(runtime.statistics().get("jobs")).toMatchObject({ handled: 1 });
});

test("a handler that hangs holds up stopping no longer than drainMs, and its record comes again", async () => {
  const { kafka, committed } = createCluster();
  let signal: AbortSignal | undefined;
  const runtime = createRuntime({ kafka, group: "g", drainMs: 30 });
  runtime.process(jobs, {}, async (_message, context) => {
    signal = context.signal;
    await new Promise(() => undefined);
  });
  await runtime.start();
  await kafka.producer().send(jobs, { key: "a", value: "1", partition: 0 });
  await until(() => signal !== undefined, "the handler");
  await runtime.stop();
  expect(signal?.aborted).toBe(true);
  expect(committed("g", "jobs")).toBe(0);
});

test("handlers that run too long are failed by the runtime itself", async () => {
  const { kafka } = createCluster();
  const attempts: number[] = [];
  const runtime = createRuntime({ kafka, group: "g" });
  runtime.process(jobs, { handlerTimeoutMs: 20 }, async (_message, { attempt }) => {
    attempts.push(attempt);
    if (attempt === 1) await new Promise(() => undefined);
  });
  await runtime.start();
  await kafka.producer().send(jobs, { key: "a", value: "1" });
  await until(() => runtime.statistics().get("jobs")?.handled === 1, "the second attempt");
  expect(attempts).toEqual([1, 2]);
  await runtime.stop();
});

test("a group that starts at the end finds its place again, though it stopped before anything came", async () => {
  const { kafka, engine } = createCluster();
  await kafka.admin().ensureTopics([jobs]);
  await fill(kafka, 10);
  const seen: string[] = [];
  const create = () => {
    const runtime = createRuntime({ kafka, group: "g", reset: "latest", commitIntervalMs: 1 });
    runtime.process(jobs, { deadLetter: {} }, ({ value }) => void seen.push(value));
    return runtime;
  };
  const first = create();
  await first.start();
  await until(() => engine.offsets("g").filter(({ topic }) => topic === "jobs").length === 4, "the group's place");
  await first.stop();
  await fill(kafka, 5, 100);
  const second = create();
  await second.start();
  await until(() => seen.length === 5, "what came meanwhile");
  expect(seen.toSorted()).toEqual(["100", "101", "102", "103", "104"]);
  await second.stop();
});

test("with reset none a group needs offsets for its sources only: the retry topic has one set", async () => {
  const { kafka, engine } = createCluster();
  const admin = kafka.admin();
  await admin.ensureTopics([jobs]);
  await admin.setGroupOffsets(
    "g",
    [0, 1, 2, 3].map((partition) => ({ topic: "jobs", partition, offset: 0, metadata: null })),
  );
  const runtime = createRuntime({ kafka, group: "g", reset: "none" });
  runtime.process(jobs, { deadLetter: {} }, () => undefined);
  await runtime.start();
  await fill(kafka, 3);
  await until(() => runtime.statistics().get("jobs")?.handled === 3, "three records");
  await runtime.stop();
  expect(engine.offsets("g").filter(({ topic }) => topic === "jobs.retry.g")).toHaveLength(4);
});

test("starting with nothing to process, processing after the start and processing a topic twice are mistakes", async () => {
  const { kafka } = createCluster();
  const empty = createRuntime({ kafka, group: "g" });
  await expect(empty.start()).rejects.toMatchObject({ code: "RUNTIME_MISUSED" });
  await expect(empty.stopped).rejects.toMatchObject({ code: "RUNTIME_MISUSED" });
  const runtime = createRuntime({ kafka, group: "g" });
  runtime.process(jobs, {}, () => undefined);
  expect(() => runtime.process([jobs], {}, () => undefined)).toThrow(expect.objectContaining({ code: "RUNTIME_MISUSED" }));
  await runtime.start();
  expect(runtime.start()).toBe(runtime.start());
  const other = defineTopic({ name: "other", key: string(), value: string() });
  expect(() => runtime.process(other, {}, () => undefined)).toThrow(expect.objectContaining({ code: "RUNTIME_MISUSED" }));
  await runtime[Symbol.asyncDispose]();
  await runtime.stop();
  await expect(createStopped(kafka).start()).rejects.toMatchObject({ code: "RUNTIME_MISUSED" });
});

test("a stop that comes while it starts is obeyed, and start resolves", async () => {
  const { kafka, engine } = createCluster();
  const runtime = createRuntime({ kafka, group: "g" });
  runtime.process(jobs, {}, () => undefined);
  const starting = runtime.start();
  await Promise.all([starting, runtime.stop(), runtime.stopped]);
  expect(engine.groups().flatMap(({ members }) => members)).toEqual([]);
});

test("a broker that is not there fails the start and leaves nothing behind", async () => {
  const { kafka, engine } = createCluster();
  engine.close();
  const runtime = createRuntime({ kafka, group: "g" });
  runtime.process(jobs, {}, () => undefined);
  const failure = await runtime.run({ signals: ["SIGUSR2"] }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "KAFKA_DISCONNECTED" });
  await expect(runtime.stopped).rejects.toBe(failure);
  expect(process.listenerCount("SIGUSR2")).toBe(0);
});

test("a broker that goes away stops the runtime, which says so instead of idling", async () => {
  const { kafka, engine } = createCluster();
  const runtime = createRuntime({ kafka, group: "g" });
  runtime.process(jobs, {}, () => undefined);
  await runtime.start();
  await until(() => engine.groups()[0]?.members.length === 1, "the member");
  engine.close();
  await expect(runtime.stopped).rejects.toMatchObject({ code: "KAFKA_DISCONNECTED" });
});

function createStopped(kafka: Kafka): Runtime {
  const runtime = createRuntime({ kafka, group: "g" });
  void runtime.stop();
  return runtime;
}

test("a topic through which records of another one come back cannot be processed by itself", async () => {
  const { kafka } = createCluster();
  const topics = ["jobs", "jobs.retry.g"].map((name) => defineTopic({ name, key: string(), value: string() }));
  for (const order of [topics, topics.toReversed()]) {
    const runtime = createRuntime({ kafka, group: "g" });
    for (const topic of order) runtime.process(topic, topic.name === "jobs" ? { deadLetter: {} } : {}, () => undefined);
    await expect(runtime.start()).rejects.toMatchObject({
      code: "RUNTIME_MISUSED",
      message: expect.stringContaining('"jobs.retry.g" cannot be processed by itself'),
    });
    await runtime.stop();
  }
});
