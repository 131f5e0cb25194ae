import { noRetry } from "@millrace/core";
import { readDeadLetters, redrive } from "@millrace/retry";
import { json, string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime, type ProcessOptions, type Runtime } from "../src/index.ts";
import { createVirtualCluster, type VirtualCluster } from "./support/virtual-cluster.ts";

const mails = defineTopic({ name: "mails", key: string(), value: json<{ n: number }>(), partitions: 2 });
const tiers = ["mails.retry.g.1", "mails.retry.g.2"] as const;
const options: ProcessOptions<string> = { order: "unordered", retry: noRetry, retryTiers: [10_000, 60_000], deadLetter: {} };

interface Attempt {
  readonly n: number;
  readonly round: number;
  readonly atMs: number;
}

async function startMailer(cluster: VirtualCluster, attempts: Attempt[], fails: (attempt: Attempt) => boolean): Promise<Runtime> {
  const { clock } = cluster;
  const runtime = createRuntime(cluster.parts());
  runtime.process(mails, options, ({ value: { n } }, { round }) => {
    const attempt = { n, round, atMs: clock.monotonic() };
    attempts.push(attempt);
    if (fails(attempt)) throw new Error(`${n} fails in round ${round}`);
  });
  await clock.runUntil(runtime.start());
  return runtime;
}

function send({ kafka, clock }: VirtualCluster, ...numbers: readonly number[]): Promise<unknown> {
  return clock.runUntil(
    kafka.producer().sendBatch(
      mails,
      numbers.map((n) => ({ key: `k${n}`, value: { n } })),
    ),
  );
}

test("each round waits as long as its tier says, no longer wait holds up a shorter one, and what is used up is a dead letter with all its attempts", async () => {
  const cluster = createVirtualCluster();
  const { clock, kafka } = cluster;
  const attempts: Attempt[] = [];
  const runtime = await startMailer(cluster, attempts, ({ n, round }) => (n === 1 ? true : n === 2 ? round < 3 : n === 3 && round < 2));
  onTestFinished(() => clock.runUntil(runtime.stop()));
  await send(cluster, 1, 2, 4);
  const began = clock.monotonic();
  await clock.runUntil(() => attempts.filter(({ round }) => round === 2).length === 2);
  // Two wait for a minute by now; this one for ten seconds.
  await send(cluster, 3);
  await clock.runUntil(() => attempts.some(({ n, round }) => n === 3 && round === 2));
  expect(attempts.some(({ round }) => round === 3)).toBe(false);
  await clock.runUntil(() => attempts.filter(({ round }) => round === 3).length === 2);
  await clock.advance(1_000);
  const waitOf = (n: number, round: number): number => attempts.find((one) => one.n === n && one.round === round)!.atMs - began;
  for (const n of [1, 2]) {
    expect(waitOf(n, 1)).toBeLessThan(1_000);
    expect(waitOf(n, 2)).toBeGreaterThanOrEqual(10_000);
    expect(waitOf(n, 2)).toBeLessThan(12_000);
    expect(waitOf(n, 3) - waitOf(n, 2)).toBeGreaterThanOrEqual(60_000);
    expect(waitOf(n, 3) - waitOf(n, 2)).toBeLessThan(62_000);
  }
  expect(runtime.statistics().get("mails")).toMatchObject({ handled: 3, parked: 5, deadLettered: 1 });
  const reading = (async () => {
    const letters: unknown[] = [];
    for await (const { letter } of readDeadLetters({ kafka, topic: "mails" }))
      letters.push([letter.attempts, letter.disposition, letter.origin.topic, letter.headers.length]);
    return letters;
  })();
  expect(await clock.runUntil(reading)).toEqual([[3, "attempts-exhausted", "mails", 0]]);
});

test("what waits is in topics and not in memory: a runtime that stops leaves it there, another one handles it when it is due", async () => {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const attempts: Attempt[] = [];
  const first = await startMailer(cluster, attempts, ({ round }) => round === 1);
  const numbers = Array.from({ length: 500 }, (_, n) => n);
  await send(cluster, ...numbers);
  await clock.runUntil(() => first.statistics().get("mails")!.parked === 500);
  await clock.runUntil(first.stop());
  expect([0, 1].reduce((sum, partition) => sum + cluster.committed("mails", partition), 0)).toBe(500);
  await clock.advance(4_000);
  const second = await startMailer(cluster, attempts, () => false);
  await clock.runUntil(() => second.statistics().get("mails")!.handled === 500);
  await clock.advance(1_000);
  expect([0, 1].reduce((sum, partition) => sum + cluster.committed(tiers[0], partition), 0)).toBe(500);
  await clock.runUntil(second.stop());
  const rounds = attempts.filter(({ round }) => round === 2);
  expect(rounds.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual(numbers);
  for (const { n, atMs } of rounds) expect(atMs - attempts.find((one) => one.n === n)!.atMs).toBeGreaterThanOrEqual(10_000);
});

test("a redriven letter begins with the first tier again", async () => {
  const cluster = createVirtualCluster();
  const { clock, kafka } = cluster;
  const attempts: Attempt[] = [];
  let redriven = 0;
  const runtime = await startMailer(cluster, attempts, () => redriven++ < 4);
  onTestFinished(() => clock.runUntil(runtime.stop()));
  await send(cluster, 1);
  await clock.runUntil(() => runtime.statistics().get("mails")!.deadLettered === 1);
  await clock.advance(1_000);
  await clock.runUntil(redrive({ kafka, topic: "mails", group: "g", job: "again" }));
  await clock.runUntil(() => runtime.statistics().get("mails")!.handled === 1);
  expect(attempts.map(({ round }) => round)).toEqual([1, 2, 3, 1, 2]);
  expect(attempts[4]!.atMs - attempts[3]!.atMs).toBeGreaterThanOrEqual(10_000);
});

test("tier topics have the partitions of their source, and grow with it", async () => {
  const cluster = createVirtualCluster();
  const { clock, kafka } = cluster;
  const runtime = await startMailer(cluster, [], () => false);
  await clock.runUntil(runtime.stop());
  const admin = kafka.admin();
  await clock.runUntil(admin.createPartitions("mails", 5));
  const again = await startMailer(cluster, [], () => false);
  await clock.runUntil(again.stop());
  const described = await clock.runUntil(admin.describeTopics([...tiers]));
  expect(described.map(({ name, partitions }) => [name, partitions.length])).toEqual(tiers.map((name) => [name, 5]));
});

test("a group that starts with what comes passes over nothing that waits", async () => {
  const cluster = createVirtualCluster();
  const { clock } = cluster;
  const attempts: Attempt[] = [];
  const runtime = createRuntime(cluster.parts({ reset: "latest" }));
  runtime.process(mails, options, ({ value: { n } }, { round }) => {
    attempts.push({ n, round, atMs: clock.monotonic() });
    if (round === 1) throw new Error("later");
  });
  await clock.runUntil(runtime.start());
  onTestFinished(() => clock.runUntil(runtime.stop()));
  for (const topic of tiers) for (const partition of [0, 1]) expect([topic, cluster.committed(topic, partition)]).toEqual([topic, 0]);
  await clock.advance(2_000);
  await send(cluster, 1);
  await clock.runUntil(() => runtime.statistics().get("mails")!.handled === 1);
  expect(attempts.map(({ round }) => round)).toEqual([1, 2]);
});
