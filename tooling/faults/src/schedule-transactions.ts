import { type Random, sleep } from "@millrace/core";
import type { Kafka, TransactionalProducer } from "@millrace/kafka";
import { below, between, type StoredRecord } from "./fault-ground.ts";
import { maxBlockMs, type ScheduleWorker } from "./schedule-producer.ts";

/** A transaction as its producer knows it: `unknown` when nobody could say how it ended. */
export interface TransactionLog {
  readonly number: number;
  readonly values: string[];
  /** Whether it stored its number as an offset. */
  hasOffset: boolean;
  end: "committed" | "aborted" | "unknown";
}

/** What a producer of transactions did, and what it must not have seen. */
export interface TransactionsLog {
  readonly transactions: TransactionLog[];
  readonly problems: string[];
}

/** The group for which transactions store offsets. */
export const offsetsGroup = (topic: string): string => `offsets-of-${topic}`;

const idOf = (topic: string): string => `id-of-${topic}`;

/** Runs one transaction after another until the load is over; now and then a second producer takes the id over. */
export async function transact(worker: ScheduleWorker, log: TransactionsLog): Promise<void> {
  const { ground, kafka, topic, random, running } = worker;
  const { clock, timing } = ground;
  const { requestTimeoutMs, deliveryTimeoutMs } = timing;
  const settings = {
    transactionalId: idOf(topic),
    transactionTimeoutMs: 10_000,
    requestTimeoutMs,
    deliveryTimeoutMs,
    maxBlockMs,
    retryBackoffMs: 5,
  };
  let producer = kafka.transactionalProducer(settings);
  for (let number = 1; running(); number++) {
    if (isOver(producer) || random() < 0.05) {
      const former = producer;
      producer = kafka.transactionalProducer(settings);
      if (await begins(producer)) await expectFenced(former, log);
      await former.close({ timeoutMs: timing.restMs });
    } else if (!(await begins(producer))) {
      await sleep(between(random, 5, 30), { clock });
      continue;
    }
    if (producer.state !== "in_transaction") continue;
    const transaction: TransactionLog = { number, values: [], hasOffset: false, end: "unknown" };
    log.transactions.push(transaction);
    await fill(producer, transaction, worker);
    transaction.end = await finish(producer, random() < 0.3 ? "abort" : "commit", worker, log);
    await sleep(between(random, 1, 10), { clock });
  }
  await producer.close({ timeoutMs: timing.restMs });
}

const isOver = ({ state }: TransactionalProducer): boolean => state === "fenced" || state === "failed" || state === "closed";

async function begins(producer: TransactionalProducer): Promise<boolean> {
  return await producer.begin().then(
    () => true,
    () => false,
  );
}

async function expectFenced(former: TransactionalProducer, log: TransactionsLog): Promise<void> {
  if (isOver(former)) return;
  // Beginning asks nobody; the first request tells.
  if (!(await begins(former))) return;
  const outcome = await former.commit().then(
    () => "committed",
    (error: { readonly code?: unknown }) => error.code,
  );
  // An empty transaction needs no broker.
  if (outcome === "committed" || former.state === "fenced" || former.state === "in_doubt") return;
  log.problems.push(`a producer whose id was taken over is ${former.state}, not fenced (${String(outcome)})`);
}

async function fill(producer: TransactionalProducer, transaction: TransactionLog, worker: ScheduleWorker): Promise<void> {
  const { topic, partitions, random } = worker;
  const count = between(random, 1, 6);
  const sends = Array.from({ length: count }, (_, index) => {
    const value = `${transaction.number} ${index}`;
    transaction.values.push(value);
    return producer.sendRaw({ topic, key: null, value: Buffer.from(value), partition: below(random, partitions) });
  });
  const settled = Promise.allSettled(sends);
  if (random() < 0.5) await settled;
  if (random() < 0.6) {
    transaction.hasOffset = true;
    const offset = { topic, partition: 0, offset: transaction.number };
    await producer.sendOffsets([offset], { group: offsetsGroup(topic) }).catch(() => {});
  }
}

/** Ends a transaction in one way or the other, as often as it must be asked for. */
async function finish(
  producer: TransactionalProducer,
  wanted: "commit" | "abort",
  { ground, random }: { readonly ground: ScheduleWorker["ground"]; readonly random: Random },
  log: TransactionsLog,
): Promise<TransactionLog["end"]> {
  const { clock, timing } = ground;
  const deadline = clock.monotonic() + timing.restMs;
  let mustAbort = wanted === "abort";
  while (clock.monotonic() < deadline) {
    if (isOver(producer)) return "unknown";
    mustAbort ||= producer.state === "abortable_error";
    try {
      await (mustAbort ? producer.abort() : producer.commit());
      return mustAbort ? "aborted" : "committed";
    } catch {
      await sleep(between(random, 1, 30), { clock });
    }
  }
  log.problems.push(`a transaction has not come to its end within ${timing.restMs} ms: ${producer.state}`);
  return "unknown";
}

/** Claims the id once more, in good weather: that ends what was left open. */
export async function endOpenTransaction(kafka: Kafka, topic: string): Promise<void> {
  const producer = kafka.transactionalProducer({ transactionalId: idOf(topic) });
  await producer.begin();
  await producer.close();
}

/** The committed view is exactly the committed transactions, each of them whole, once and in order, and the group's offset is that of the last one. */
export function checkTransactions(view: readonly StoredRecord[], log: TransactionsLog, offset: number | undefined): readonly string[] {
  const problems = [...log.problems];
  const seen = new Map<string, number>();
  const last = new Map<number, number>();
  for (const { partition, value } of view) {
    seen.set(value, (seen.get(value) ?? 0) + 1);
    const number = Number(value.split(" ")[0]);
    if (number < (last.get(partition) ?? 0)) problems.push(`partition ${partition} has ${value} after transaction ${last.get(partition)}`);
    last.set(partition, number);
  }
  let lastOffset: number | undefined;
  const known = new Set<string>();
  for (const { number, values, end, hasOffset } of log.transactions) {
    for (const value of values) known.add(value);
    const counts = values.map((value) => seen.get(value) ?? 0);
    const isWhole = counts.every((count) => count === 1);
    const isAbsent = counts.every((count) => count === 0);
    if (!((end !== "aborted" && isWhole) || (end !== "committed" && isAbsent))) {
      problems.push(`transaction ${number} is ${end}, and its values are there ${counts.join(", ")} times`);
    }
    if (isWhole && hasOffset) lastOffset = number;
  }
  for (const value of seen.keys()) if (!known.has(value)) problems.push(`nobody wrote ${value}`);
  if (offset !== lastOffset) problems.push(`transactions have committed offset ${lastOffset}, but the group has ${offset}`);
  return problems;
}
