import { type Kafka, type KafkaRecord, readTopics } from "@millrace/kafka";
import { type AuditEntry, type DeadLetterState, decodeAudit } from "./audit-record.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { decodeDeadLetter } from "./dead-letter-record.ts";
import { readForeignDeadLetter } from "./foreign-dead-letter.ts";
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
  /** Told of each record on the topic that is no dead letter of `topic`; it is passed over and stays where it is. */
  readonly onUnreadable?: ((error: unknown) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
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
 */
export async function* readDeadLetters(options: ReadDeadLettersOptions): AsyncGenerator<DeadLetterEntry> {
  const { kafka, topic, group, states = ["open"], onUnreadable, signal } = options;
  const { deadLetterTopic = deadLetterTopicName(topic, options.naming) } = options;
  const closed = new Map<string, AuditEntry>();
  for await (const record of readTopics(kafka, [auditTopicName(deadLetterTopic)], { signal })) {
    const entry = decodeAudit(record);
    if (entry !== undefined) closed.set(entry.id, entry);
  }
  const newest = new Map<string, Newest>();
  for await (const record of readTopics(kafka, [deadLetterTopic], { signal })) {
    const letter = tryDecode(record, { topic, group, onUnreadable });
    if (letter === undefined || (group !== undefined && letter.group !== group)) continue;
    const known = newest.get(letter.id);
    if (known === undefined || letter.redrives >= known.redrives) {
      newest.set(letter.id, { partition: record.partition, offset: record.offset, redrives: letter.redrives });
    }
  }
  if (newest.size === 0) return;
  for await (const record of readTopics(kafka, [deadLetterTopic], { signal })) {
    const letter = tryDecode(record, { topic, group });
    if (letter === undefined) continue;
    const winner = newest.get(letter.id);
    if (winner === undefined || winner.partition !== record.partition || winner.offset !== record.offset) continue;
    const last = closed.get(letter.id);
    const state = last !== undefined && last.redrives > letter.redrives ? last.state : "open";
    if (states.includes(state)) yield { letter, state };
  }
}

function tryDecode(
  record: KafkaRecord,
  { topic, group, onUnreadable }: Pick<ReadDeadLettersOptions, "topic" | "group" | "onUnreadable">,
): DeadLetter | undefined {
  try {
    const letter = readForeignDeadLetter(record, group) ?? decodeDeadLetter(record);
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
