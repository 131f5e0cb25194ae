import { fixed, type Random, sleep } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { type BrokerEngine, createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { decodeDeadLetter, redrive, retryTopicName } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect } from "vitest";
import { createRuntime, RejectedRecordError, type Runtime } from "../../src/index.ts";
import { createMortalEngine, type MortalEngine } from "./mortal-engine.ts";

interface Job {
  readonly id: number;
  /** Rounds that fail before it is handled; Infinity: all of them. */
  readonly bad: number;
  readonly poison: boolean;
}

const group = "team a/jobs";
const partitions = 3;
const jobs = defineTopic({ name: "jobs", key: string(), value: json<Job>(), partitions });
const retryTopic = retryTopicName(jobs.name, group);

interface Handled {
  readonly id: number;
  /** Those of one lane have an order; null: none. */
  readonly lane: string | null;
  readonly round: number;
  readonly redrives: number;
}

interface Worker extends Pick<MortalEngine, "kill" | "cutOff"> {
  readonly runtime: Runtime;
}

interface Weather {
  readonly engine: BrokerEngine;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly handled: Handled[];
  readonly maxParked: number;
  readonly maxBufferedRecords: number;
  readonly order: "key" | "partition" | "unordered";
  readonly failures: unknown[];
}

/** One worker process: its own connection, which dies with it. */
function createWorker(weather: Weather): Worker {
  const { engine, clock, random, handled, maxParked, maxBufferedRecords, order, failures } = weather;
  const mortal = createMortalEngine(engine, clock);
  const kafka = createKafka({ driver: memory({ engine: mortal.engine }), clock, random });
  const limits = { sessionTimeoutMs: 6_000, commitIntervalMs: 500, drainMs: 2_000, maxBufferedRecords };
  const runtime = createRuntime({ kafka, group, clock, random, ...limits });
  runtime.stopped.catch((error: unknown) => failures.push(error));
  runtime.process(
    jobs,
    {
      order,
      concurrency: 4,
      maxParked,
      retry: fixed({ attempts: 2, delayMs: 40 }),
      retryLater: fixed({ attempts: 4, delayMs: 1_500, jitter: 0.5 }),
      deadLetter: {},
    },
    async ({ key, value, partition }, { round, redrives }) => {
      await sleep(random() * 120, { clock });
      await mortal.alive();
      if (value.poison && redrives === 0) throw new RejectedRecordError("poison");
      if (redrives === 0 && round <= value.bad) throw new Error("not in this round");
      handled.push({ id: value.id, lane: order === "partition" ? `${partition}` : order === "key" ? key : null, round, redrives });
    },
  );
  return { runtime, kill: mortal.kill, cutOff: mortal.cutOff };
}

/** Plays one schedule. Throws when something is not as promised. */
export async function playDurableSchedule(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const engine = createBrokerEngine({ clock, random });
  const kafka = createKafka({ driver: memory({ engine }), clock, random });
  const producer = kafka.producer();
  const handled: Handled[] = [];
  const failures: unknown[] = [];
  const weather: Weather = {
    engine,
    clock,
    random,
    handled,
    failures,
    maxParked: random() < 0.3 ? 1 + Math.floor(random() * 5) : 10_000,
    maxBufferedRecords: random() < 0.3 ? 1 + Math.floor(random() * 10) : 10_000,
    order: random() < 0.7 ? "key" : random() < 0.6 ? "partition" : "unordered",
  };
  const mayKill = random() < 0.7;
  const hasFaults = mayKill && random() < 0.5;
  const workers: Worker[] = [];
  const sent = new Map<number, Job & { readonly key: string | null }>();
  let kills = 0;
  const addWorker = async (): Promise<void> => {
    const worker = createWorker(weather);
    workers.push(worker);
    await clock.runUntil(worker.runtime.start());
  };
  let redrives = 0;
  const bringBack = async (): Promise<void> => {
    await clock.runUntil(redrive({ kafka, topic: jobs.name, group, job: `job-${redrives++}`, clock }));
  };
  const takeWorker = (): Worker => workers.splice(Math.floor(random() * workers.length), 1)[0]!;
  const stopping: Promise<void>[] = [];

  await addWorker();
  for (let step = 0; step < 25; step++) {
    const choice = random();
    if (choice < 0.5) {
      const batch = Array.from({ length: Math.floor(random() * (weather.order === "partition" ? 10 : 40)) }, () => {
        const id = sent.size;
        const draw = random();
        const bad = draw < 0.04 ? Number.MAX_SAFE_INTEGER : draw < 0.16 ? 1 + Math.floor(random() * 3) : 0;
        const value = { id, bad, poison: random() < 0.04 };
        const key = random() < 0.1 ? null : `k${Math.floor(random() * 6)}`;
        sent.set(id, { ...value, key });
        return { key, value };
      });
      await clock.runUntil(producer.sendBatch(jobs, batch));
    } else if (choice < 0.65 && workers.length < 4) await addWorker();
    else if (choice < 0.75 && workers.length > 1) stopping.push(takeWorker().runtime.stop());
    else if (choice < 0.87 && workers.length > 1 && mayKill) {
      takeWorker().kill();
      kills++;
    } else if (choice < 0.92 && mayKill) {
      workers[Math.floor(random() * workers.length)]?.cutOff(random() * 12_000);
      kills++;
    } else if (choice < 0.95) await bringBack();
    else if (hasFaults) {
      const forMs = random() * 3_000;
      const scope = { topic: retryTopic, probability: 0.4, forMs } as const;
      const kind = Math.floor(random() * 6);
      if (kind === 0) engine.faults.error("Produce", "NOT_ENOUGH_REPLICAS", scope);
      else if (kind === 1) engine.faults.drop("Produce", { ...scope, at: "after" });
      else if (kind === 2) engine.faults.delay("Fetch", [1, 800], scope);
      else if (kind === 3) engine.faults.delay("Produce", [1, 800], { ...scope, at: "after" });
      else if (kind === 4) engine.faults.leaderChange(retryTopic, Math.floor(random() * partitions), { forMs });
      else engine.faults.coordinatorLoss({ forMs });
      // A commit at the end of a claim may fail, and what is settled above an offset is forgotten with its leader.
      kills++;
    }
    await clock.advance(random() * 1_500);
  }
  const committed = (topic: string, partition: number): number =>
    engine.offsets(group).find((stored) => stored.topic === topic && stored.partition === partition)?.offset ?? 0;
  let looked = 0;
  const ends = (): boolean => {
    // Looking is dear.
    if (clock.monotonic() < looked + 1_000) return false;
    looked = clock.monotonic();
    return failures.length > 0 || [jobs.name, retryTopic].every(isAtEnd);
  };
  const isAtEnd = (topic: string): boolean => {
    const log = engine.records(topic);
    return Array.from({ length: partitions }, (_, partition) => partition).every(
      // Markers of a redrive's transactions may lie behind the last record, or just before the position.
      (partition) => committed(topic, partition) > (log.findLast((record) => record.partition === partition)?.offset ?? -1),
    );
  };
  await clock.runUntil(ends, { what: "a lag of 0", limitMs: 900_000 });
  expect(failures).toEqual([]);

  const letters = (): Job[] =>
    engine
      .records("dlq.jobs")
      .map((record) => JSON.parse(String(decodeDeadLetter({ ...record, topic: "dlq.jobs", headers: [] }).value)) as Job);
  const lost = [...sent.values()].filter(({ poison, bad }) => poison || bad > 3).map(({ id }) => id);
  expect([...new Set(letters().map(({ id }) => id))].toSorted((a, b) => a - b)).toEqual(lost);
  const first = new Map<number, Handled>();
  // What was redriven comes whenever it was redriven.
  const own = handled.filter(({ redrives }) => redrives === 0);
  for (const one of own) if (!first.has(one.id)) first.set(one.id, one);
  expect(first.size + lost.length).toBe(sent.size);
  for (const lane of new Set([...first.values()].map((one) => one.lane))) {
    if (lane === null) continue;
    const order = [...first.values()].filter((one) => one.lane === lane).map(({ id }) => id);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
  if (kills === 0) {
    expect(own).toHaveLength(first.size);
    expect(letters()).toHaveLength(lost.length);
  }
  for (const { id, round } of first.values()) expect(round).toBeGreaterThan(sent.get(id)!.bad);

  await bringBack();
  await clock.runUntil(() => new Set(handled.map(({ id }) => id)).size === sent.size, { what: "the redriven", limitMs: 60_000 });
  for (const { runtime } of workers) stopping.push(runtime.stop());
  await clock.runUntil(Promise.all(stopping));
  engine.close();
}
