import { fixed, type Random, sleep } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { type BrokerEngine, createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createKafka } from "@millrace/kafka";
import { decodeDeadLetter } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, test } from "vitest";
import { createRuntime, RejectedRecordError, type Runtime } from "../src/index.ts";

interface Job {
  readonly id: number;
  readonly poison: boolean;
}

const jobs = defineTopic({ name: "jobs", key: string(), value: json<Job>(), partitions: 3 });

interface Worker {
  readonly runtime: Runtime;
  /** From now on nothing of it reaches the broker, and its handlers do nothing. */
  readonly kill: () => void;
}

interface Handled {
  readonly id: number;
  readonly key: string;
}

/** One worker process: its own connection, which dies with it. */
function createWorker(engine: BrokerEngine, clock: VirtualClock, random: Random, handled: Handled[]): Worker {
  let dead = false;
  const never = new Promise<never>(() => undefined);
  const mortal = {
    ...engine,
    handle: (request: EngineRequest) => (dead ? never : engine.handle(request)),
  } as BrokerEngine;
  const kafka = createKafka({ driver: memory({ engine: mortal }), clock, random });
  const runtime = createRuntime({ kafka, group: "g", clock, random, sessionTimeoutMs: 6_000, commitIntervalMs: 500, drainMs: 2_000 });
  runtime.process(jobs, { concurrency: 4, retry: fixed({ attempts: 50, delayMs: 40 }), deadLetter: {} }, async ({ key, value }) => {
    await sleep(random() * 200, { clock });
    if (dead) await never;
    if (value.poison) throw new RejectedRecordError("poison");
    if (random() < 0.1) throw new Error("a passing fault");
    handled.push({ id: value.id, key: key! });
  });
  return {
    runtime,
    kill() {
      dead = true;
    },
  };
}

async function play(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, random });
  const kafka = createKafka({ driver: memory({ engine }), clock, random });
  const producer = kafka.producer();
  const handled: Handled[] = [];
  const workers: Worker[] = [];
  let kills = 0;
  let sent = 0;
  const poisons: number[] = [];
  const addWorker = async (): Promise<void> => {
    const worker = createWorker(engine, clock, random, handled);
    workers.push(worker);
    await clock.runUntil(worker.runtime.start());
  };
  const takeWorker = (): Worker => workers.splice(Math.floor(random() * workers.length), 1)[0]!;
  const stopping: Promise<void>[] = [];

  await addWorker();
  for (let step = 0; step < 25; step++) {
    const choice = random();
    if (choice < 0.5) {
      const batch = Array.from({ length: Math.floor(random() * 60) }, () => {
        const id = sent++;
        const poison = random() < 0.05;
        if (poison) poisons.push(id);
        return { key: `k${Math.floor(random() * 6)}`, value: { id, poison } };
      });
      await clock.runUntil(producer.sendBatch(jobs, batch));
    } else if (choice < 0.65 && workers.length < 4) await addWorker();
    else if (choice < 0.75 && workers.length > 1) stopping.push(takeWorker().runtime.stop());
    else if (choice < 0.85 && workers.length > 1) {
      takeWorker().kill();
      kills++;
    }
    await clock.advance(random() * 1_500);
  }
  const ends = (): boolean => {
    const logs = engine.records("jobs");
    return [0, 1, 2].every((partition) => {
      const end = logs.filter((record) => record.partition === partition).length;
      return (engine.offsets("g").find((stored) => stored.topic === "jobs" && stored.partition === partition)?.offset ?? 0) === end;
    });
  };
  await clock.runUntil(ends, { what: "a lag of 0", limitMs: 300_000 });
  for (const { runtime } of workers) stopping.push(runtime.stop());
  await clock.runUntil(Promise.all(stopping));

  const letters = engine.records("dlq.jobs").map((record) => {
    const { value } = decodeDeadLetter({ ...record, topic: "dlq.jobs", headers: [] });
    return (JSON.parse(String(value)) as Job).id;
  });
  expect([...new Set(letters)].toSorted((a, b) => a - b)).toEqual(poisons);
  const first = new Map<number, string>();
  for (const { id, key } of handled) if (!first.has(id)) first.set(id, key);
  expect(first.size + poisons.length).toBe(sent);
  for (const key of new Set(first.values())) {
    const order = [...first].filter(([, other]) => other === key).map(([id]) => id);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
  if (kills === 0) expect(handled).toHaveLength(first.size);
  engine.close();
}

test.each(Array.from({ length: 25 }, (_, seed) => seed))(
  "nothing is lost, keys keep their order and the dead letters are the right ones when workers come, go and die: seed %i",
  async (seed) => {
    await play(seed);
  },
);
