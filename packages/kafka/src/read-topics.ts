import { abortable } from "@millrace/core";
import type { ConsumedBatch } from "./consumer/consumer.ts";
import type { StartPosition } from "./driver/driver-consumer.ts";
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
export async function* readTopics(kafka: Kafka, topics: readonly string[], options: ReadTopicsOptions = {}): AsyncGenerator<KafkaRecord> {
  const { signal, isolation = "read_committed" } = options;
  const remaining = await findEnds(kafka, topics);
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
  try {
    const places = [...remaining.values()].map(({ topic, partition }) => ({ topic, partition }));
    await consumer.assign(places, {
      onAssigned: (claims) => {
        // Deleted meanwhile: nothing below the end is left to wait for.
        for (const claim of claims) if (claim.startOffset >= (remaining.get(keyOf(claim))?.offset ?? 0)) remaining.delete(keyOf(claim));
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
        await abortable(woken, { signal, what: `reading ${topics.join(", ")}` });
        continue;
      }
      const { batch, taken } = arrival;
      try {
        const key = keyOf(batch);
        const end = remaining.get(key)?.offset ?? 0;
        const next = read.get(key) ?? 0;
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

async function findEnds(kafka: Kafka, topics: readonly string[]): Promise<Map<string, StartPosition>> {
  const admin = kafka.admin();
  try {
    const described = await admin.describeTopics(topics);
    const places = described.flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })));
    if (places.length === 0) return new Map();
    const [starts, ends] = await Promise.all([admin.offsets(places, "earliest"), admin.offsets(places, "latest")]);
    const startOf = new Map(starts.map((start) => [keyOf(start), start.offset]));
    return new Map(ends.filter((end) => end.offset > (startOf.get(keyOf(end)) ?? 0)).map((end) => [keyOf(end), end]));
  } finally {
    await admin.close();
  }
}

function keyOf(place: TopicPartition): string {
  return `${place.topic}/${place.partition}`;
}
