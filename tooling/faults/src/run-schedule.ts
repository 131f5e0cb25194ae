import { withDeadline } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import { seededRandom } from "@millrace/testing";
import { checkProduced } from "./check-schedule.ts";
import { between, type FaultGround } from "./fault-ground.ts";
import { ScheduleGroup } from "./schedule-group.ts";
import { type ProducerLog, produce } from "./schedule-producer.ts";
import { checkTransactions, endOpenTransaction, offsetsGroup, type TransactionsLog, transact } from "./schedule-transactions.ts";

/** What a schedule has done. */
export interface ScheduleReport {
  readonly acknowledged: number;
  /** Messages whose senders were told of a failure. */
  readonly failed: number;
  readonly handled: number;
  /** How often a member was given partitions. */
  readonly assignments: number;
  readonly committed: number;
  readonly aborted: number;
  /** Transactions of which only the log says how they ended. */
  readonly unknown: number;
  /** Faults by kind. */
  readonly faults: Readonly<Record<string, number>>;
}

/** Messages that each producer stores, if the weather allows. */
const fewestStored = 20;

/**
 * Lets producers, a group and transactions work in bad weather for a while, and looks at what has become of every message. The seed decides about everything
 * that is drawn. Ends the ground. @throws Error with what is wrong, and the seed
 */
export async function runSchedule(ground: FaultGround, seed: number): Promise<ScheduleReport> {
  const random = (worker: number) => seededRandom(seed * 100 + worker);
  const partitions = between(random(0), 1, 4);
  const [topic, transactional] = [`schedule-${seed}`, `transactions-${seed}`];
  const { clock, timing } = ground;
  const kafka = ground.connect(random(1));
  await createTopics(ground, kafka, [topic, transactional], partitions);
  const logs: ProducerLog[] = [
    { name: "once", idempotent: true, messages: [] },
    { name: "plain", idempotent: false, messages: [] },
  ];
  const startedAt = clock.monotonic();
  // Where the machine is busy with other work, until something has been done.
  const running = (): boolean => {
    const elapsedMs = clock.monotonic() - startedAt;
    return elapsedMs < timing.loadMs || (elapsedMs < 10 * timing.loadMs && logs.some((log) => !hasStored(log)));
  };
  const shared = { ground, kafka, topic, partitions, running };
  const transactions: TransactionsLog = { transactions: [], problems: [] };
  const group = new ScheduleGroup(`group-${seed}`, { ...shared, random: random(2) });

  const weather = ground.startWeather([topic, transactional], partitions, random(3));
  const patienceMs = 10 * timing.loadMs + 2 * timing.restMs;
  const outcomes = await Promise.allSettled(
    [
      ...logs.map((log, index) => async () => await produce({ ...shared, random: random(4 + index) }, log)),
      async () => await transact({ ...shared, topic: transactional, random: random(6) }, transactions),
      async () => await group.churn(),
    ].map(async (work, index) => await withDeadline(patienceMs, work, { clock, what: `worker ${index}` })),
  );
  const faults = await weather.end();

  const problems = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String((outcome.reason as Error).stack)] : []));
  await endOpenTransaction(kafka, transactional);
  // From here on nobody writes: what is stored now is all there is.
  await kafka.close();
  const stored = await ground.records(topic, "read_uncommitted");
  await group.catchUp(stored);
  await group.close();
  problems.push(...group.problems, ...checkProduced(stored, logs, timing));
  problems.push(...group.checkCommitted(await ground.committed(group.name, topic)));
  const offset = (await ground.committed(offsetsGroup(transactional), transactional)).get(0);
  problems.push(...checkTransactions(await ground.records(transactional, "read_committed"), transactions, offset));
  await ground.close().catch((error: unknown) => problems.push(String(error)));
  if (problems.length > 0) {
    const shown = problems.length > 10 ? [...problems.slice(0, 10), `and ${problems.length - 10} more`] : problems;
    throw new Error(`schedule with seed ${seed}:\n${shown.join("\n")}`);
  }
  const sent = logs.flatMap(({ messages }) => messages);
  const acknowledged = sent.filter(({ error }) => error === undefined).length;
  const ended = (wanted: string): number => transactions.transactions.filter(({ end }) => end === wanted).length;
  return {
    acknowledged,
    failed: sent.length - acknowledged,
    handled: group.seen.size,
    assignments: group.assignments,
    committed: ended("committed"),
    aborted: ended("aborted"),
    unknown: ended("unknown"),
    faults,
  };
}

function hasStored({ messages }: ProducerLog): boolean {
  return messages.filter(({ offset }) => offset !== undefined).length >= fewestStored;
}

async function createTopics({ replicas }: FaultGround, kafka: Kafka, names: readonly string[], partitions: number): Promise<void> {
  const configs = replicas > 1 ? { "min.insync.replicas": "1" } : {};
  await kafka.admin().createTopics(
    names.map((name) => ({ name, partitions, replicationFactor: replicas, configs })),
    { validateOnly: false, timeoutMs: 10_000 },
  );
}
