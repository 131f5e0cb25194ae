import { fixed, type Random, sleep } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { type BrokerEngine, createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka, readTopics } from "@millrace/kafka";
import { decodeDeadLetter, retryTopicName } from "@millrace/retry";
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
  /** Whether its failing attempts have sent something by then. */
  readonly isHasty: boolean;
}

interface Result {
  readonly id: number;
  readonly lane: string | null;
}

const group = "team a/jobs";
const partitions = 3;
const jobs = defineTopic({ name: "jobs", key: string(), value: json<Job>(), partitions });
const results = defineTopic({ name: "results", key: string(), value: json<Result>(), partitions });
const retryTopic = retryTopicName(jobs.name, group);

interface Worker extends Pick<MortalEngine, "kill" | "cutOff"> {
  readonly runtime: Runtime;
}

interface Weather {
  readonly engine: BrokerEngine;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly isDurable: boolean;
  readonly maxParked: number;
  readonly maxBatchRecords: number;
  readonly order: "key" | "partition" | "unordered";
  readonly failures: unknown[];
}

/** One worker process: its own connection, which dies with it. */
function createWorker(weather: Weather): Worker {
  const { engine, clock, random, maxParked, maxBatchRecords, order, failures, isDurable } = weather;
  const mortal = createMortalEngine(engine, clock);
  const kafka = createKafka({ driver: memory({ engine: mortal.engine }), clock, random });
  const runtime = createRuntime({ kafka, group, clock, random, sessionTimeoutMs: 6_000, commitIntervalMs: 500, drainMs: 2_000 });
  runtime.stopped.catch((error: unknown) => failures.push(error));
  runtime.process(
    jobs,
    {
      order,
      concurrency: 4,
      maxParked,
      exactlyOnce: { maxBatchRecords, transactionTimeoutMs: 10_000 },
      retry: fixed({ attempts: 2, delayMs: 40 }),
      ...(isDurable ? { retryLater: fixed({ attempts: 4, delayMs: 1_500, jitter: 0.5 }) } : {}),
      deadLetter: {},
    },
    async ({ key, value, partition }, context) => {
      await sleep(random() * 60, { clock });
      await mortal.alive();
      const lane = order === "partition" ? `${partition}` : order === "key" ? key : null;
      const send = (): Promise<unknown> => context.send(results, { key: lane, value: { id: value.id, lane } });
      const isBad = value.poison || context.round <= value.bad;
      if (value.isHasty && isBad) await send();
      if (value.poison) throw new RejectedRecordError("poison");
      if (isBad) throw new Error("not in this round");
      await send();
      await sleep(random() * 20, { clock });
      await mortal.alive();
    },
  );
  return { runtime, kill: mortal.kill, cutOff: mortal.cutOff };
}

/** What happened in a schedule. */
export interface ExactlyOncePlayed {
  readonly sent: number;
  readonly letters: number;
  readonly kills: number;
  /** Results that were written in transactions that were aborted. */
  readonly aborted: number;
  readonly pending: number;
}

/** Plays one schedule. Throws when something is not as promised. */
export async function playExactlyOnceSchedule(seed: number): Promise<ExactlyOncePlayed> {
  const random = seededRandom(seed);
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const engine = createBrokerEngine({ clock, random });
  const kafka = createKafka({ driver: memory({ engine }), clock, random });
  await clock.runUntil(kafka.admin().ensureTopics([results], { mode: "create" }));
  const producer = kafka.producer();
  const failures: unknown[] = [];
  const isDurable = random() < 0.7;
  const weather: Weather = {
    engine,
    clock,
    random,
    failures,
    isDurable,
    maxParked: random() < 0.3 ? 1 + Math.floor(random() * 5) : 10_000,
    maxBatchRecords: random() < 0.5 ? 1 + Math.floor(random() * 8) : 500,
    order: random() < 0.7 ? "key" : random() < 0.6 ? "partition" : "unordered",
  };
  const mayKill = random() < 0.7;
  const hasFaults = mayKill && random() < 0.6;
  const workers: Worker[] = [];
  const sent = new Map<number, Job & { readonly key: string | null }>();
  let kills = 0;
  const addWorker = async (): Promise<void> => {
    const worker = createWorker(weather);
    workers.push(worker);
    await clock.runUntil(worker.runtime.start(), { limitMs: 600_000 });
  };
  const takeWorker = (): Worker => workers.splice(Math.floor(random() * workers.length), 1)[0]!;
  const stopping: Promise<void>[] = [];

  await addWorker();
  for (let step = 0; step < 20; step++) {
    const choice = random();
    if (choice < 0.5) {
      const batch = Array.from({ length: Math.floor(random() * (weather.order === "partition" ? 10 : 40)) }, () => {
        const id = sent.size;
        const draw = random();
        const bad = draw < 0.04 ? Number.MAX_SAFE_INTEGER : draw < 0.16 ? 1 + Math.floor(random() * 3) : 0;
        const value = { id, bad, poison: random() < 0.04, isHasty: random() < 0.3 };
        const key = random() < 0.1 ? null : `k${Math.floor(random() * 6)}`;
        sent.set(id, { ...value, key });
        return { key, value };
      });
      await clock.runUntil(producer.sendBatch(jobs, batch));
    } else if (choice < 0.62 && workers.length < 4) await addWorker();
    else if (choice < 0.72 && workers.length > 1) stopping.push(takeWorker().runtime.stop());
    else if (choice < 0.84 && workers.length > 1 && mayKill) {
      takeWorker().kill();
      kills++;
    } else if (choice < 0.9 && mayKill) {
      workers[Math.floor(random() * workers.length)]?.cutOff(random() * 12_000);
      kills++;
    } else if (hasFaults) {
      const forMs = random() * 3_000;
      const scope = { probability: 0.4, forMs } as const;
      const at = random() < 0.5 ? "before" : "after";
      const kind = Math.floor(random() * 9);
      if (kind === 0) engine.faults.error("Produce", "NOT_ENOUGH_REPLICAS", { ...scope, topic: results.name });
      else if (kind === 1) engine.faults.drop("Produce", { ...scope, at });
      else if (kind === 2) engine.faults.drop("TxnOffsetCommit", { ...scope, at });
      else if (kind === 3) engine.faults.drop("EndTxn", { ...scope, at });
      else if (kind === 4) engine.faults.delay("EndTxn", [1, 800], { ...scope, at });
      else if (kind === 5) engine.faults.drop("InitProducerId", { ...scope, at });
      else if (kind === 6) engine.faults.coordinatorLoss({ forMs });
      else engine.faults.leaderChange(kind === 7 ? jobs.name : retryTopic, Math.floor(random() * partitions), { forMs });
      kills++;
    }
    await clock.advance(random() * 1_500);
  }
  const ends = async (): Promise<boolean> => {
    const topics = [jobs.name, retryTopic];
    const places = topics.flatMap((topic) => Array.from({ length: partitions }, (_, partition) => ({ topic, partition })));
    const admin = kafka.admin();
    // The ends last: what is parked between the two looks lies behind what was committed at the first.
    const stored = engine.offsets(group);
    const last = await admin.offsets(places, "latest");
    return last.every(({ topic, partition, offset }) => {
      return (stored.find((one) => one.topic === topic && one.partition === partition)?.offset ?? 0) === offset;
    });
  };
  for (let tries = 0; !(failures.length > 0 || (await clock.runUntil(ends(), { limitMs: 600_000 }))); tries++) {
    if (tries > 900) throw new Error("the lag does not come to 0");
    await clock.advance(1_000);
  }
  expect(failures).toEqual([]);

  const letters: number[] = [];
  const found: { readonly id: number; readonly lane: string | null }[] = [];
  const read = async (): Promise<void> => {
    for await (const record of readTopics(kafka, ["dlq.jobs"]))
      letters.push((JSON.parse(String(decodeDeadLetter(record).value)) as Job).id);
    for await (const record of readTopics(kafka, [results.name])) found.push(JSON.parse(String(record.value)) as Result);
  };
  await clock.runUntil(read(), { limitMs: 600_000 });
  const isLost = ({ poison, bad }: Job): boolean => poison || bad > (isDurable ? 3 : 0);
  const ids = (of: readonly { readonly id: number }[]): number[] => of.map(({ id }) => id).toSorted((a, b) => a - b);
  expect(letters.toSorted((a, b) => a - b)).toEqual(ids([...sent.values()].filter(isLost)));
  expect(ids(found)).toEqual(ids([...sent.values()].filter((job) => !isLost(job))));
  for (const lane of new Set(found.map((one) => one.lane))) {
    if (lane === null) continue;
    const order = found.filter((one) => one.lane === lane).map(({ id }) => id);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
  for (const { runtime } of workers) stopping.push(runtime.stop());
  await clock.runUntil(Promise.all(stopping), { limitMs: 600_000 });
  await clock.runUntil(kafka.close());
  const aborted = engine.records(results.name).length - found.length;
  engine.close();
  return { sent: sent.size, letters: letters.length, kills, aborted, pending: clock.pending };
}
