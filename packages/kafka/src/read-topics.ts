import { abortable } from "@millrace/core";
import type { ConsumedBatch } from "./consumer/consumer.ts";
import type { Kafka } from "./kafka.ts";
import type { KafkaRecord, TopicPartition } from "./record.ts";

/** Limits of one reading. */
export interface ReadTopicsOptions {
  readonly signal?: AbortSignal | undefined;
  /** @default "read_committed" */
  readonly isolation?: "read_committed" | "read_uncommitted" | undefined;
}

/**
 * Reads whole topics, from their beginning to where they end at the time of the call, and stops. Topics that do not exist are empty.
 * Order: as in the log per partition; partitions are interleaved. Nothing is committed, so that no group is left behind. Memory: one batch per partition.
 *
 * The reader takes part in no group: nobody sees it, and it needs no right to one.
 * @throws AbortedError (`ABORTED`), KafkaError
 */
export function readTopics(kafka: Kafka, topics: readonly string[], options: ReadTopicsOptions = {}): AsyncGenerator<KafkaRecord> {
  return read(kafka, () => findRanges(kafka, topics), options);
}

/** What to read of a partition. */
export interface ReadRange extends TopicPartition {
  /** The first offset; where the log begins later, it is read from there. */
  readonly from: number;
  /** The first offset that is not read. */
  readonly to: number;
}

/**
 * Reads these parts of partitions and stops; a partition may be named once. What has been deleted meanwhile is passed over. Order, memory and errors: as
 * `readTopics`.
 * @throws AbortedError (`ABORTED`), KafkaError
 */
export function readRanges(kafka: Kafka, ranges: readonly ReadRange[], options: ReadTopicsOptions = {}): AsyncGenerator<KafkaRecord> {
  return read(kafka, () => ranges, options);
}

// One generator for both: each one more costs every record its turns of the microtask queue.
async function* read(
  kafka: Kafka,
  rangesOf: () => readonly ReadRange[] | Promise<readonly ReadRange[]>,
  { signal, isolation = "read_committed" }: ReadTopicsOptions,
): AsyncGenerator<KafkaRecord> {
  const ranges = await rangesOf();
  const remaining = new Map(ranges.filter(({ from, to }) => from < to).map((range) => [keyOf(range), range]));
  if (remaining.size === 0) return;

  const consumer = kafka.consumer({ reset: "earliest", isolation });
  const arrivals: { readonly batch: ConsumedBatch; readonly taken: () => void }[] = [];
  const read = new Map<string, number>();
  let wake: () => void = () => {};
  let failure: { readonly error: unknown } | undefined;
  consumer.stopped.then(
    () => wake(),
    (error: unknown) => {
      failure = { error };
      wake();
    },
  );
  const places = [...remaining.values()].map(({ topic, partition }) => ({ topic, partition }));
  try {
    await consumer.assign(places, {
      onAssigned: async (claims) => {
        for (const claim of claims) {
          const range = remaining.get(keyOf(claim));
          // Deleted meanwhile: nothing below the end is left to wait for.
          if (range === undefined || claim.startOffset >= range.to) remaining.delete(keyOf(claim));
          else if (claim.startOffset < range.from) await consumer.seek(claim, range.from);
        }
        wake();
      },
      onBatch: (batch) => {
        if (!remaining.has(keyOf(batch))) return Promise.resolve();
        return new Promise<void>((taken) => {
          arrivals.push({ batch, taken });
          wake();
        });
      },
    });
    while (remaining.size > 0) {
      const arrival = arrivals.shift();
      if (arrival === undefined) {
        if (failure !== undefined) throw failure.error;
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await abortable(woken, { signal, what: `reading ${places.map(keyOf).join(", ")}` });
        continue;
      }
      const { batch, taken } = arrival;
      try {
        const key = keyOf(batch);
        const { from, to: end } = remaining.get(key) ?? { from: 0, to: 0 };
        const next = read.get(key) ?? from;
        for (const record of batch.records) {
          if (record.offset >= next && record.offset < end) yield record;
        }
        read.set(key, Math.max(next, batch.nextOffset));
        if (batch.nextOffset >= end) remaining.delete(key);
      } finally {
        taken();
      }
    }
  } finally {
    // A handler that still waits would keep the consumer from closing.
    remaining.clear();
    for (const { taken } of arrivals) taken();
    await consumer.close();
  }
}

async function findRanges(kafka: Kafka, topics: readonly string[]): Promise<readonly ReadRange[]> {
  const admin = kafka.admin();
  try {
    const described = await admin.describeTopics(topics);
    const places = described.flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })));
    if (places.length === 0) return [];
    const [starts, ends] = await Promise.all([admin.offsets(places, "earliest"), admin.offsets(places, "latest")]);
    const startOf = new Map(starts.map((start) => [keyOf(start), start.offset]));
    return ends.map(({ topic, partition, offset }) => ({
      topic,
      partition,
      from: startOf.get(keyOf({ topic, partition })) ?? 0,
      to: offset,
    }));
  } finally {
    await admin.close();
  }
}

function keyOf(place: TopicPartition): string {
  return `${place.topic}/${place.partition}`;
}
