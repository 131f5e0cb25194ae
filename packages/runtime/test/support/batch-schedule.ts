import { fixed, sleep } from "@millrace/core";
import { memory } from "@millrace/driver-memory";
import { createBrokerEngine, type EngineRequest } from "@millrace/embedded-kafka";
import { createKafka, type Kafka } from "@millrace/kafka";
import { readDeadLetters } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect } from "vitest";
import { type BatchOptions, type BatchOutcome, createRuntime, type Runtime } from "../../src/index.ts";

interface Job {
  readonly id: number;
  /** Attempts that fail. */
  readonly bad: number;
}

const jobs = defineTopic({ name: "jobs", key: string(), value: json<Job>(), partitions: 3 });
const group = "team a/jobs";

/**
 * A seeded life of workers that handle batches: they come, stop, are killed and lose partitions to each other, their handlers fail, throw, stop half-way and dawdle.
 * Whatever happens, nothing is lost, keys keep their order, and just those are dead letters that have failed too often.
 */
export async function playBatchSchedule(seed: number, style: "in place" | "tiers"): Promise<void> {
  const random = seededRandom(seed);
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const engine = createBrokerEngine({ clock, random });
  const isTiered = style === "tiers";
  const order = isTiered ? "unordered" : (["key", "partition"] as const)[seed % 2]!;
  const options: BatchOptions<string> = {
    order,
    batchSize: 1 + Math.floor(random() * 12),
    lingerMs: random() < 0.5 ? 0 : 20,
    concurrency: 1 + Math.floor(random() * 4),
    retry: fixed({ attempts: isTiered ? 1 : 3, delayMs: 30 }),
    ...(isTiered ? { retryTiers: [200, 1_000] } : {}),
    deadLetter: {},
  };
  const handled: { readonly id: number; readonly lane: string }[] = [];
  let kills = 0;
  const connect = (reaches: () => boolean): Kafka => {
    const never = new Promise<never>(() => undefined);
    const mortal = { ...engine, handle: (request: EngineRequest) => (reaches() ? engine.handle(request) : never) } as typeof engine;
    return createKafka({ driver: memory({ engine: mortal }), clock, random });
  };
  const start = (): { readonly runtime: Runtime; kill(): void } => {
    let dead = false;
    const runtime = createRuntime({
      kafka: connect(() => !dead),
      group,
      clock,
      random,
      commitIntervalMs: 50,
      sessionTimeoutMs: 6_000,
      drainMs: 500,
    });
    runtime.processBatch(jobs, options, async (messages, context) => {
      await sleep(random() * 40, { clock });
      if (dead) await new Promise(() => undefined);
      const fails = messages.filter((message) => {
        const { attempt, round } = context.of(message);
        return (isTiered ? round : attempt) <= message.value.bad;
      });
      const held = new Set<string>();
      const outcomes = messages.map((message): BatchOutcome => {
        const lane = order === "partition" ? "" : order === "key" ? message.key! : String(message.offset);
        if (held.has(lane)) return random() < 0.5 ? undefined : "not-attempted";
        if (fails.includes(message)) {
          held.add(lane);
          return { error: new Error(`${message.value.id} fails`) };
        }
        return undefined;
      });
      if (fails.length > 0 && random() < 0.3) throw new Error("something in the batch fails");
      const seen = new Set<string>();
      for (const [index, message] of messages.entries()) {
        const lane = order === "partition" ? `${message.partition}` : order === "key" ? message.key! : `${message.value.id}`;
        if (outcomes[index] !== undefined) seen.add(lane);
        if (!seen.has(lane)) handled.push({ id: message.value.id, lane });
      }
      return outcomes.every((outcome) => outcome === undefined) ? undefined : outcomes;
    });
    void runtime.start().catch(() => undefined);
    return {
      runtime,
      kill() {
        dead = true;
        kills++;
      },
    };
  };

  const kafka = connect(() => true);
  const producer = kafka.producer();
  await clock.runUntil(kafka.admin().ensureTopics([jobs]));
  const all: Job[] = [];
  let workers = [start()];
  for (let step = 0; step < 12; step++) {
    const coming = Array.from({ length: Math.floor(random() * 25) }, (_, index): Job => {
      const bad = random() < 0.85 ? 0 : 1 + Math.floor(random() * 4);
      return { id: all.length + index, bad };
    });
    all.push(...coming);
    await clock.runUntil(
      producer.sendBatch(
        jobs,
        coming.map((value) => ({ key: `k${Math.floor(random() * 6)}`, value })),
      ),
    );
    await clock.advance(random() * 600);
    const chance = random();
    const victim = workers[Math.floor(random() * workers.length)];
    if (chance < 0.15 && victim !== undefined) victim.kill();
    else if (chance < 0.3 && victim !== undefined) await clock.runUntil(victim.runtime.stop());
    else if (chance < 0.6) workers.push(start());
    if (chance < 0.3) workers = workers.filter((worker) => worker !== victim);
  }
  workers.push(start());
  const isHopeless = ({ bad }: Job): boolean => bad >= 3;
  const good = all.filter((job) => !isHopeless(job)).map(({ id }) => id);
  const letters = async (): Promise<readonly number[]> => {
    const ids: number[] = [];
    for await (const { letter } of readDeadLetters({ kafka, topic: "jobs" })) ids.push((JSON.parse(String(letter.value)) as Job).id);
    return ids;
  };
  await clock.runUntil(() => {
    const ids = new Set(handled.map(({ id }) => id));
    return good.every((id) => ids.has(id));
  });
  await clock.advance(15_000);
  const told = await clock.runUntil(letters());
  expect([seed, [...new Set(told)].toSorted((a, b) => a - b)]).toEqual([seed, all.filter(isHopeless).map(({ id }) => id)]);
  expect([seed, handled.filter(({ id }) => !good.includes(id))]).toEqual([seed, []]);
  if (!isTiered) {
    const lanes = new Map<string, number[]>();
    for (const { id, lane } of handled) {
      const ids = lanes.get(lane) ?? [];
      if (!ids.includes(id)) ids.push(id);
      lanes.set(lane, ids);
    }
    for (const ids of lanes.values()) expect([seed, ids]).toEqual([seed, ids.toSorted((a, b) => a - b)]);
  }
  if (kills === 0) expect([seed, handled.length]).toEqual([seed, good.length]);
  const stored = engine.offsets(group).reduce((sum, { offset }) => sum + Math.max(0, offset), 0);
  expect(stored).toBeGreaterThanOrEqual(all.length);
  for (const { runtime } of workers) await clock.runUntil(runtime.stop());
  engine.close();
}
