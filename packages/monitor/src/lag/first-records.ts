import { abortable, type Clock, type Logger, withDeadline } from "@millrace/core";
import type { Kafka, KafkaRecord, TopicPartition } from "@millrace/kafka";
import { placeOf } from "./log-ends.ts";

/** Asks for the first record in a part of a log. */
export interface FirstRecordQuestion extends TopicPartition {
  readonly from: number;
  /** The first offset that is of no interest. */
  readonly to: number;
}

/** What was found of it. */
export interface FirstRecordAnswer {
  /** Of the record; or up to where there is none, which is `to` when there is none at all and less when the time was up. */
  readonly offset: number;
  /** Milliseconds since the epoch; null: there is no record below `offset`. */
  readonly timestamp: number | null;
}

// One record of a partition is wanted: brokers send at least the batch that it is in, however little is asked for.
const fetching = { maxPartitionFetchBytes: 16_384, fetchMaxBytes: 1_048_576, fetchMaxWaitMs: 100 } as const;

/**
 * Reads the first record of parts of logs, with one consumer that takes part in no group, and commits nothing. Gives one answer a question, in their order;
 * null where nothing was found out in time. Never rejects but for the signal: what could not be read is logged.
 * @throws AbortedError (`ABORTED`)
 */
export async function findFirstRecords(options: {
  readonly kafka: Kafka;
  readonly questions: readonly FirstRecordQuestion[];
  readonly isolation: "read_committed" | "read_uncommitted";
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}): Promise<readonly (FirstRecordAnswer | null)[]> {
  const { kafka, questions, isolation, timeoutMs, clock, logger, signal } = options;
  if (questions.length === 0) return [];
  const answers = new Map<FirstRecordQuestion, FirstRecordAnswer>();
  /** What is still to be found, by partition and from low to high. */
  const pending = Map.groupBy(
    questions.toSorted((one, other) => one.from - other.from),
    placeOf,
  );
  const finished = Promise.withResolvers<void>();
  finished.promise.catch(() => undefined);
  const consumer = kafka.consumer({ reset: "earliest", isolation, ...fetching });
  consumer.stopped.then(finished.resolve, finished.reject);

  /** Takes in what a part of a log holds; says where to go on if that is further on. */
  const learn = ({ place, records, nextOffset }: SeenPart): number | undefined => {
    const open = pending.get(place) ?? [];
    for (let question = open[0]; question !== undefined; question = open[0]) {
      const { from, to } = question;
      const record = records.find(({ offset }) => offset >= from);
      if (record !== undefined && record.offset < to) answers.set(question, { offset: record.offset, timestamp: record.timestamp });
      else if (record !== undefined || nextOffset >= to) answers.set(question, { offset: to, timestamp: null });
      else {
        // How far it was looked already, should the time be up.
        if (nextOffset > from) answers.set(question, { offset: nextOffset, timestamp: null });
        return nextOffset < from ? from : undefined;
      }
      open.shift();
    }
    pending.delete(place);
    if (pending.size === 0) finished.resolve();
    return undefined;
  };
  const read = async (): Promise<void> => {
    const places = [...pending.values()].map(([question]) => question as FirstRecordQuestion);
    await consumer.assign(places, {
      onAssigned: async (claims) => {
        for (const claim of claims) {
          const next = learn({ place: placeOf(claim), records: [], nextOffset: claim.startOffset });
          if (next !== undefined) await consumer.seek(claim, next);
        }
      },
      onBatch: async ({ claim, records, nextOffset }) => {
        const next = learn({ place: placeOf(claim), records, nextOffset });
        if (next !== undefined) await consumer.seek(claim, next);
        if (!pending.has(placeOf(claim))) consumer.pause([claim]);
      },
    });
    await finished.promise;
  };
  try {
    await withDeadline(timeoutMs, (given) => abortable(read(), { signal: given }), { clock, signal, what: "reading first records" });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    logger.debug("some first records were not read", { partitions: [...pending.keys()], error });
  } finally {
    await consumer.close();
  }
  return questions.map((question) => answers.get(question) ?? null);
}

/** A part of a partition's log that was read, up to below `nextOffset`. */
interface SeenPart {
  readonly place: string;
  readonly records: readonly KafkaRecord[];
  readonly nextOffset: number;
}
