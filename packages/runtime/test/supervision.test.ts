import { fixed, sleep } from "@millrace/core";
import { startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime, type ProcessOptions, type RuntimeOptions } from "../src/index.ts";
import { until } from "./support/harness.ts";
import { socketDrivers } from "./support/socket-drivers.ts";
import { createVirtualCluster } from "./support/virtual-cluster.ts";

const jobs = defineTopic({ name: "jobs", key: string(), value: string(), partitions: 2 });

async function createWorld(options: Partial<RuntimeOptions> = {}) {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const handled: string[] = [];
  await clock.runUntil(cluster.kafka.admin().ensureTopics([jobs]));
  const runtime = createRuntime(cluster.parts(options));
  runtime.process(jobs, {}, ({ value }) => void handled.push(value));
  const producer = cluster.kafka.producer();
  const send = async (value: string) => {
    await clock.runUntil(producer.send(jobs, { key: value, value }));
  };
  const codes = () => runtime.health().reasons.map(({ code }) => code);
  return { ...cluster, runtime, handled, send, codes };
}

test("a consumer that fails for a passing reason is started again, and nothing is lost or handled twice", async () => {
  const { clock, engine, runtime, handled, send, codes } = await createWorld();
  // Where to start cannot be found out for a while.
  engine.faults.error("OffsetFetch", "COORDINATOR_LOAD_IN_PROGRESS", { forMs: 300_000 });
  await clock.runUntil(runtime.start());
  await send("a");
  expect(codes()).toEqual(["starting"]);
  await clock.runUntil(() => codes().includes("restarting"), { limitMs: 200_000 });
  expect(runtime.health()).toMatchObject({ ready: false, live: true, reasons: [{ error: { retryable: true } }] });
  await clock.runUntil(() => runtime.health().ready, { limitMs: 600_000 });
  await send("b");
  await clock.runUntil(() => handled.length === 2);
  await clock.runUntil(runtime.stop());
  await runtime.stopped;
  expect([handled, codes(), clock.pending > 0]).toEqual([["a", "b"], ["stopping"], true]);
});

test.each<readonly [string, ProcessOptions<string>]>([
  ["exactly-once steps", { exactlyOnce: true, deadLetter: {} }],
  ["durable retries", { retryLater: fixed({ attempts: 5, delayMs: 1_000 }), retry: fixed({ attempts: 1 }), deadLetter: {} }],
])("with %s too, though the consumer fails in the middle of work", async (_name, options) => {
  const { clock, engine, kafka, parts, committed } = createVirtualCluster();
  await clock.runUntil(kafka.admin().ensureTopics([jobs]));
  const handled: string[] = [];
  const create = () => {
    const runtime = createRuntime(parts({ drainMs: 1_000, restart: fixed({ attempts: 100, delayMs: 500 }) }));
    runtime.process(jobs, options, async ({ value }, { round, attempt }) => {
      await sleep(200, { clock });
      if (Number(value) % 4 === 0 && round === 1 && attempt === 1) throw new Error("at first");
      handled.push(value);
    });
    return runtime;
  };
  const first = create();
  await clock.runUntil(first.start());
  const producer = kafka.producer();
  const messages = Array.from({ length: 200 }, (_, n) => ({ key: `k${n % 9}`, value: `${n}` }));
  await clock.runUntil(producer.sendBatch(jobs, messages));
  await clock.runUntil(() => handled.length > 10);
  // Another member comes, and where its partitions begin cannot be found out for long.
  engine.faults.error("OffsetFetch", "COORDINATOR_LOAD_IN_PROGRESS", { forMs: 250_000 });
  const second = create();
  await clock.runUntil(second.start());
  await clock.runUntil(() => [first, second].some((one) => one.health().reasons.some(({ code }) => code === "restarting")), {
    limitMs: 400_000,
  });
  await clock.runUntil(() => new Set(handled).size === 200, { limitMs: 900_000 });
  await clock.runUntil(Promise.all([first.stop(), second.stop()]));
  await Promise.all([first.stopped, second.stopped]);
  expect([0, 1].every((partition) => committed("jobs", partition) > (engine.records("jobs", { partition }).at(-1)?.offset ?? -1))).toBe(
    true,
  );
  // Handed over in the middle of work, not killed: nothing comes twice, unless what ran was cut off at the end of the drain.
  expect(handled.length).toBeLessThan(210);
});

test("when the restarts are used up, or there are to be none, the runtime stops with the consumer's error", async () => {
  for (const restart of [fixed({ attempts: 2, delayMs: 1_000 }), false] as const) {
    const { clock, engine, runtime, codes } = await createWorld({ restart });
    engine.faults.error("OffsetFetch", "COORDINATOR_LOAD_IN_PROGRESS");
    const stopped = runtime.stopped.catch((error: unknown) => error);
    await clock.runUntil(runtime.start());
    expect(await clock.runUntil(stopped, { limitMs: 2_000_000 })).toMatchObject({ code: "KAFKA_BROKER_ERROR", retryable: true });
    expect([codes(), runtime.health().live]).toEqual([["halted"], false]);
    expect(runtime.health().reasons).toMatchObject([{ error: { code: "KAFKA_BROKER_ERROR" } }]);
  }
});

test("a stop while it waits to start again is obeyed at once", async () => {
  const { clock, engine, runtime, codes } = await createWorld({ restart: fixed({ attempts: 5, delayMs: 600_000 }) });
  engine.faults.error("OffsetFetch", "COORDINATOR_LOAD_IN_PROGRESS");
  await clock.runUntil(runtime.start());
  await clock.runUntil(() => codes().includes("restarting"), { limitMs: 200_000 });
  const before = clock.monotonic();
  await clock.runUntil(runtime.stop());
  await runtime.stopped;
  expect(clock.monotonic() - before).toBeLessThan(1_000);
});

test("it is ready when the group has given it its partitions, be it none, and not when it drains or stops", async () => {
  const world = await createWorld();
  const { clock, runtime, parts, codes } = world;
  expect([codes(), runtime.health().ready]).toEqual([["starting"], false]);
  await clock.runUntil(runtime.start());
  await clock.runUntil(() => runtime.health().ready);
  const others = [1, 2].map(() => {
    const other = createRuntime(parts());
    other.process(jobs, {}, () => undefined);
    return other;
  });
  for (const other of others) await clock.runUntil(other.start());
  // Three members, two partitions.
  await clock.runUntil(() => [runtime, ...others].every((one) => one.health().ready));
  const stopping = runtime.stop();
  expect([codes(), runtime.health().ready, runtime.health().live]).toEqual([["stopping"], false, true]);
  await clock.runUntil(stopping);
  await clock.runUntil(Promise.all(others.map((other) => other.stop())));
});

test("a runtime that hears nothing for too long is not live, and is again when it hears; a busy handler is no silence", async () => {
  const { clock, engine, runtime, codes, handled, send } = await createWorld({ unheardMs: 60_000 });
  await clock.runUntil(runtime.start());
  await clock.runUntil(() => runtime.health().ready);
  runtime.pause();
  await send("waits");
  await clock.advance(120_000);
  expect(runtime.health()).toEqual({ ready: true, live: true, reasons: [] });
  runtime.resume();
  await clock.runUntil(() => handled.length === 1);
  // Heartbeats are answered, fetches are not.
  const deaf = engine.faults.error("Fetch", "NOT_LEADER_OR_FOLLOWER");
  await clock.runUntil(() => codes().includes("unheard"), { limitMs: 100_000 });
  expect(runtime.health().live).toBe(false);
  deaf.undo();
  await clock.runUntil(() => runtime.health().ready);
  // Nothing is answered at all: the group is lost, and cannot be joined.
  const cut = engine.faults.drop(["Heartbeat", "JoinGroup", "Fetch"]);
  await clock.runUntil(() => codes().includes("unheard"), { limitMs: 200_000 });
  expect(codes()).toEqual(["rebalancing", "unheard"]);
  cut.undo();
  await clock.runUntil(() => runtime.health().ready);
  await send("again");
  await clock.runUntil(() => handled.length === 2);
  await clock.runUntil(runtime.stop());
});

test.each(socketDrivers)("over %s, a consumer that fails is started again", async (_name, driver) => {
  const broker = await startEmbeddedKafka();
  onTestFinished(() => broker.close());
  const kafka = createKafka({ driver: driver(broker.brokers, { requestTimeoutMs: 300 }) });
  onTestFinished(() => kafka.close());
  const handled: string[] = [];
  const runtime = createRuntime({ kafka, group: "g", restart: fixed({ attempts: 100, delayMs: 50 }) });
  runtime.process(jobs, {}, ({ value }) => void handled.push(value));
  const fault = broker.faults.error("OffsetFetch", "UNSTABLE_OFFSET_COMMIT");
  await runtime.start();
  await kafka.producer().send(jobs, { key: "a", value: "a" });
  await until(() => runtime.health().reasons.some(({ code }) => code === "restarting"), "a failure");
  fault.undo();
  await until(() => handled.length === 1, "the record");
  expect(runtime.health()).toEqual({ ready: true, live: true, reasons: [] });
  await runtime.stop();
  expect(broker.groups().flatMap(({ members }) => members)).toEqual([]);
});
