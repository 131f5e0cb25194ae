import { type Kafka, type KafkaRecord, readTopics } from "@millrace/kafka";
import { type AuditEntry, type DeadLetterState, decodeAudit } from "./audit-record.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { decodeDeadLetter, readLetterHeaders } from "./dead-letter-record.ts";
import { type DeadLetterSelection, selectDeadLetters } from "./dead-letter-selection.ts";
import { readForeignDeadLetter } from "./foreign-dead-letter.ts";
import { decodeJob, type RedriveJob } from "./redrive-job.ts";
import { RetryError } from "./retry-error.ts";
import { auditTopicName, type DeadLetterNaming, deadLetterTopicName } from "./topic-names.ts";

/** A dead letter and where it stands. */
export interface DeadLetterEntry {
  readonly letter: DeadLetter;
  readonly state: DeadLetterState;
}

/** Which dead letters to read. */
export interface ReadDeadLettersOptions {
  readonly kafka: Kafka;
  /** The source topic, not the dead-letter topic. */
  readonly topic: string;
  /** Only this group's. @default every group's */
  readonly group?: string | undefined;
  readonly naming?: DeadLetterNaming | undefined;
  /** The dead-letter topic itself, where another system has named it. @default by `naming` */
  readonly deadLetterTopic?: string | undefined;
  /** @default only `open` */
  readonly states?: readonly DeadLetterState[] | undefined;
  /** @default all */
  readonly select?: DeadLetterSelection | undefined;
  /** Told of each record on the topic that is no dead letter of `topic`; it is passed over and stays where it is. */
  readonly onUnreadable?: ((error: unknown) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The dead letters of a topic at one moment. */
export interface DeadLetterScan {
  /** How many are in one of the states asked for. */
  readonly count: number;
  /** How many of them came after `ends`, and are not among those. */
  readonly newer: number;
  /** The job that was asked for, when it has run before. */
  readonly job: RedriveJob | undefined;
  /** Where the topic ends, by partition; of a job that has run before, where it ended then. */
  readonly ends: Readonly<Record<string, number>>;
  /** Reads the letters themselves, in the order of the log within each partition. */
  read(): AsyncGenerator<DeadLetterEntry>;
}

interface Newest {
  readonly partition: number;
  readonly offset: number;
  readonly redrives: number;
}

/**
 * Reads the dead letters of a topic, from the beginning to where the topic ends at the time of the call. A record that failed again after a redrive
 * appears once, with its newest story; so does one whose letter was written twice because its consumer died before committing.
 *
 * Dead letters of other systems are read too (`readForeignDeadLetter`); where they do not name their group, it is the one that is asked for.
 *
 * The topic is read twice, so that memory holds ids and not letters: about 200 bytes a letter.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`), AbortedError (`ABORTED`), KafkaError
 */
export async function* readDeadLetters(options: ReadDeadLettersOptions): AsyncGenerator<DeadLetterEntry> {
  const isSelected = selectDeadLetters(options.select ?? {});
  const scan = await scanDeadLetters(options);
  for await (const entry of scan.read()) if (isSelected(entry.letter)) yield entry;
}

/** Finds the letters that are in one of the states asked for; with `job`, only those that were there when the job first started. */
export async function scanDeadLetters(
  options: Omit<ReadDeadLettersOptions, "select"> & { readonly job?: string | undefined },
): Promise<DeadLetterScan> {
  const { kafka, topic, group, states = ["open"], onUnreadable, signal } = options;
  const { deadLetterTopic = deadLetterTopicName(topic, options.naming) } = options;
  const closed = new Map<string, AuditEntry>();
  let job: RedriveJob | undefined;
  for await (const record of readTopics(kafka, [auditTopicName(deadLetterTopic)], { signal })) {
    const entry = decodeAudit(record);
    if (entry !== undefined) closed.set(entry.id, entry);
    else if (options.job !== undefined) {
      const found = decodeJob(record);
      if (found?.job === options.job && found.group === group) job = found;
    }
  }
  const newest = new Map<string, Newest>();
  const seen: Record<string, number> = {};
  for await (const record of readTopics(kafka, [deadLetterTopic], { signal })) {
    seen[record.partition] = record.offset + 1;
    const letter = ourLetterOf(topic, record) ?? tryDecode(record, { topic, group, onUnreadable });
    if (letter === undefined || (group !== undefined && letter.group !== group)) continue;
    const known = newest.get(letter.id);
    if (known === undefined || letter.redrives >= known.redrives) {
      newest.set(letter.id, { partition: record.partition, offset: record.offset, redrives: letter.redrives });
    }
  }
  const ends = job?.ends ?? seen;
  // By partition and offset: what is not wanted need not be decoded again.
  const wanted = new Map<number, Map<number, DeadLetterState>>();
  let count = 0;
  let newer = 0;
  for (const [id, { partition, offset, redrives }] of newest) {
    const last = closed.get(id);
    const state = last !== undefined && last.redrives > redrives ? last.state : "open";
    if (!states.includes(state)) continue;
    if (offset >= (ends[partition] ?? 0)) {
      newer++;
      continue;
    }
    count++;
    const offsets = wanted.get(partition) ?? new Map<number, DeadLetterState>();
    wanted.set(partition, offsets.set(offset, state));
  }
  return {
    count,
    newer,
    job,
    ends,
    async *read() {
      if (count === 0) return;
      for await (const record of readTopics(kafka, [deadLetterTopic], { signal })) {
        const state = wanted.get(record.partition)?.get(record.offset);
        if (state === undefined) continue;
        const letter = tryDecode(record, { topic, group, onUnreadable });
        if (letter !== undefined) yield { letter, state };
      }
    },
  };
}

function ourLetterOf(topic: string, record: KafkaRecord): ReturnType<typeof readLetterHeaders> {
  const found = readLetterHeaders(record);
  return found?.id.startsWith(`${topic}/`) === true ? found : undefined;
}

function tryDecode(
  record: KafkaRecord,
  { topic, group, onUnreadable }: Pick<ReadDeadLettersOptions, "topic" | "group" | "onUnreadable">,
): DeadLetter | undefined {
  try {
    const isOurs = ourLetterOf(topic, record) !== undefined;
    const letter = (isOurs ? undefined : readForeignDeadLetter(record, group)) ?? decodeDeadLetter(record);
    if (letter.origin.topic === topic) return letter;
    throw new RetryError({
      code: "RETRY_BAD_DEAD_LETTER",
      message: `the record at ${record.topic}/${record.partition} offset ${record.offset} is a dead letter of "${letter.origin.topic}", not of "${topic}"`,
    });
  } catch (error) {
    onUnreadable?.(error);
    return undefined;
  }
}
