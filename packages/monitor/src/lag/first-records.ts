import { abortable, type Clock, type Logger, withDeadline } from "@millrace/core";
import { type Kafka, KafkaError, type KafkaRecord, type TopicPartition } from "@millrace/kafka";
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

/** How to read. */
export interface FirstRecordOptions {
  readonly kafka: Kafka;
  readonly isolation: "read_committed" | "read_uncommitted";
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Reads the first record of parts of logs, with a consumer that takes part in no group and commits nothing. Gives one answer a question, in their order; null
 * where nothing was found out in time. What could not be read is logged; a topic that may not be read hides no other one.
 * @throws AbortedError (`ABORTED`)
 */
export async function findFirstRecords(
  options: FirstRecordOptions & { readonly questions: readonly FirstRecordQuestion[]; readonly signal?: AbortSignal | undefined },
): Promise<readonly (FirstRecordAnswer | null)[]> {
  const { questions, timeoutMs, clock, logger, signal } = options;
  const answers: Answers = new Map();
  const readAll = async (given: AbortSignal): Promise<void> => {
    for (let open = questions; open.length > 0; ) {
      try {
        await readFirst(options, open, answers, given);
        return;
      } catch (error) {
        const topic = KafkaError.is(error) && !error.retryable ? error.topic : undefined;
        const others = open.filter((question) => question.topic !== topic);
        // Without a topic to leave out it would fail in the same way.
        if (given.aborted || others.length === open.length) throw error;
        logger.debug("first records of a topic cannot be read", { topic, error });
        open = others.filter((question) => !isAnswered(question, answers));
      }
    }
  };
  let reading: Promise<void> | undefined;
  const read = (given: AbortSignal): Promise<void> => {
    reading = readAll(given);
    return reading;
  };
  try {
    await withDeadline(timeoutMs, read, { clock, signal, what: "reading first records" });
  } catch (error) {
    // Until its consumer is closed.
    await reading?.catch(() => undefined);
    if (signal?.aborted === true) throw error;
    logger.debug("some first records were not read", { error });
  }
  return questions.map((question) => answers.get(question) ?? null);
}

type Answers = Map<FirstRecordQuestion, FirstRecordAnswer>;

function isAnswered(question: FirstRecordQuestion, answers: Answers): boolean {
  const answer = answers.get(question);
  return answer !== undefined && (answer.timestamp !== null || answer.offset >= question.to);
}

/** Reads until everything is answered. @throws KafkaError, AbortedError */
async function readFirst(
  { kafka, isolation }: FirstRecordOptions,
  questions: readonly FirstRecordQuestion[],
  answers: Answers,
  signal: AbortSignal,
): Promise<void> {
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
    await abortable(read(), { signal, what: "reading first records" });
  } finally {
    await consumer.close();
  }
}

/** A part of a partition's log that was read, up to below `nextOffset`. */
interface SeenPart {
  readonly place: string;
  readonly records: readonly KafkaRecord[];
  readonly nextOffset: number;
}
