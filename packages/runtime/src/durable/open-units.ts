import { type Clock, exponential, type Random, retry } from "@millrace/core";
import { type Kafka, KafkaError, readRanges } from "@millrace/kafka";
import type { ClaimWork } from "../claim-work.ts";
import type { DurableRetry } from "./durable-retry.ts";
import { pairWorks, type WorkPair } from "./pair-works.ts";
import { RetryUnit } from "./retry-unit.ts";

/** What opening units needs. */
export interface OpenUnitsOptions {
  readonly kafka: Kafka;
  /** What was assigned. */
  readonly works: readonly ClaimWork[];
  readonly clock: Clock;
  readonly random: Random;
  /** The runtime stops. */
  readonly signal: AbortSignal;
}

const patience = exponential({ attempts: Number.POSITIVE_INFINITY, maxMs: 5_000 });

/**
 * Pairs the source and retry partitions that were assigned, and looks through what waits in the latter before anything of either is handled. When the partitions
 * are lost meanwhile, or the runtime stops, nothing is opened.
 * @throws RuntimeError (`RUNTIME_UNPAIRED_PARTITION`), KafkaError
 */
export async function openUnits(durable: DurableRetry, options: OpenUnitsOptions): Promise<void> {
  const { clock, random, works } = options;
  const pairs = pairWorks(durable, works);
  if (pairs.length === 0) return;
  const signal = AbortSignal.any([options.signal, ...pairs.map(({ source }) => source.draining)]);
  try {
    const units = await retry(() => scan(durable, pairs, { ...options, signal }), patience, {
      clock,
      random,
      signal,
      shouldRetry: (error) => KafkaError.is(error) && error.retryable,
    });
    for (const unit of units) durable.open(unit);
  } catch (error) {
    if (!signal.aborted) throw error;
    for (const { source, retry: retrying } of pairs) {
      source.drain();
      retrying.drain();
    }
  }
}

async function scan(
  { retryTopic: topic, order }: DurableRetry,
  pairs: readonly WorkPair[],
  { kafka, random, signal }: OpenUnitsOptions,
): Promise<readonly RetryUnit[]> {
  const ends = await endsOf(
    kafka,
    pairs.map(({ retry: { claim } }) => ({ topic, partition: claim.partition })),
  );
  const units = new Map(
    pairs.map((two) => {
      const { partition } = two.retry.claim;
      return [partition, new RetryUnit({ ...two, order, claim: claimId(random), scanned: ends.get(partition) ?? 0 })];
    }),
  );
  const ranges = [...units].map(
    ([
      partition,
      {
        retry: { startOffset },
        scanned,
      },
    ]) => ({ topic, partition, from: startOffset, to: scanned }),
  );
  for await (const record of readRanges(kafka, ranges, { signal })) units.get(record.partition)?.scan(record);
  return [...units.values()];
}

async function endsOf(
  kafka: Kafka,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Promise<ReadonlyMap<number, number>> {
  const admin = kafka.admin();
  try {
    return new Map((await admin.offsets(partitions, "latest")).map(({ partition, offset }) => [partition, offset]));
  } finally {
    await admin.close();
  }
}

/** No two assignments of a partition may have the same. */
function claimId(random: Random): string {
  return Array.from({ length: 4 }, () => Math.floor(random() * 2 ** 32).toString(36)).join("-");
}
