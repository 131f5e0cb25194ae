import { type Clock, systemClock } from "@millrace/core";
import type { Headers, Kafka, Producer } from "@millrace/kafka";
import { encodeAudit } from "./audit-record.ts";
import type { DeadLetter, Disposition } from "./dead-letter.ts";
import { readDeadLetters } from "./dead-letter-log.ts";
import { writeStory } from "./record-origin.ts";
import { RetryError } from "./retry-error.ts";
import { auditTopicName, type DeadLetterNaming, deadLetterTopicName, retryTopicName } from "./topic-names.ts";

/** What a transform makes of a dead letter; what it leaves out stays as it was. */
export interface RedriveMessage {
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: Headers;
}

/** Which dead letters to bring back, and how. */
export interface RedriveOptions {
  readonly kafka: Kafka;
  /** The source topic, not the dead-letter topic. */
  readonly topic: string;
  /** The group whose dead letters these are, and the only one that will see them again. */
  readonly group: string;
  /** Names this run in headers and audit entries. Choose one per run. */
  readonly job: string;
  readonly naming?: DeadLetterNaming | undefined;
  /** Whether to bring a letter back. @default all open ones */
  readonly where?: ((letter: DeadLetter) => boolean) | undefined;
  /** Mends a letter on its way, such as an upcaster. null leaves it open. A throw leaves it open and is reported. */
  readonly transform?: ((letter: DeadLetter) => RedriveMessage | null | Promise<RedriveMessage | null>) | undefined;
  /** Counts and changes nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /** Letters that are sent together before their audit entries are written. @default 500 */
  readonly batchSize?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told after each batch. */
  readonly onProgress?: ((progress: { readonly redriven: number }) => void) | undefined;
}

/** What a redrive did. */
export interface RedriveReport {
  readonly job: string;
  readonly dryRun: boolean;
  /** Open letters of the group. */
  readonly open: number;
  /** Letters sent back; with `dryRun`, those that would be. */
  readonly redriven: number;
  /** Letters left open because `where` or `transform` said so. */
  readonly left: number;
  /** Letters left open because `transform` failed. */
  readonly failed: readonly { readonly id: string; readonly error: RetryError }[];
  /** How many letters there were by reason and by error type. */
  readonly reasons: readonly { readonly disposition: Disposition; readonly type: string; readonly count: number }[];
}

/**
 * Brings open dead letters back to the group whose handler failed, through that group's retry topic: nobody else sees them again.
 *
 * Each letter goes to the retry partition with its origin's number, carrying its story. Its audit entry is written after the broker has stored it, so that a
 * redrive killed half-way loses nothing; run again, it repeats at most one batch (`batchSize`), which the group's handler then sees twice.
 */
export async function redrive(options: RedriveOptions): Promise<RedriveReport> {
  const { kafka, topic, group, naming, job, dryRun = false, batchSize = 500, clock = systemClock, onProgress } = options;
  const retryTopic = retryTopicName(topic, group);
  const auditTopic = auditTopicName(deadLetterTopicName(topic, naming));
  const reasons = new Map<string, { disposition: Disposition; type: string; count: number }>();
  const failed: { id: string; error: RetryError }[] = [];
  let open = 0;
  let left = 0;
  let redriven = 0;
  let batch: { letter: DeadLetter; message: RedriveMessage }[] = [];
  const producer = kafka.producer();
  const sendBatch = async (): Promise<void> => {
    await sendLetters({ producer, retryTopic, job, batch });
    await Promise.all(
      batch.map(({ letter }) =>
        producer.sendRaw(
          encodeAudit(auditTopic, { id: letter.id, state: "redriven", redrives: letter.redrives + 1, job, at: clock.now() }),
        ),
      ),
    );
    redriven += batch.length;
    batch = [];
    onProgress?.({ redriven });
  };
  try {
    for await (const { letter } of readDeadLetters({ kafka, topic, group, naming, signal: options.signal })) {
      open++;
      countReason(reasons, letter);
      if (options.where?.(letter) === false) {
        left++;
        continue;
      }
      const mended = await mend(letter, options.transform);
      if (RetryError.is(mended)) failed.push({ id: letter.id, error: mended });
      else if (mended === null) left++;
      else if (dryRun) redriven++;
      else {
        batch.push({ letter, message: mended });
        if (batch.length >= batchSize) await sendBatch();
      }
    }
    if (batch.length > 0) await sendBatch();
  } finally {
    await producer.close();
  }
  return { job, dryRun, open, redriven, left, failed, reasons: [...reasons.values()].sort((a, b) => b.count - a.count) };
}

async function sendLetters(options: {
  readonly producer: Producer;
  readonly retryTopic: string;
  readonly job: string;
  readonly batch: readonly { readonly letter: DeadLetter; readonly message: RedriveMessage }[];
}): Promise<void> {
  const { producer, retryTopic, job, batch } = options;
  await Promise.all(
    batch.map(({ letter, message }) =>
      producer.sendRaw({
        topic: retryTopic,
        partition: letter.origin.partition,
        key: message.key === undefined ? letter.key : message.key,
        value: message.value === undefined ? letter.value : message.value,
        headers: writeStory(message.headers ?? letter.headers, {
          origin: letter.origin,
          group: letter.group,
          attempts: letter.attempts,
          redrives: letter.redrives + 1,
          job,
        }),
      }),
    ),
  );
}

async function mend(letter: DeadLetter, transform: RedriveOptions["transform"]): Promise<RedriveMessage | null | RetryError> {
  if (transform === undefined) return {};
  try {
    return await transform(letter);
  } catch (error) {
    return new RetryError({
      code: "RETRY_TRANSFORM_FAILED",
      message: `the transform failed for dead letter ${letter.id}, which stays open: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
}

function countReason(reasons: Map<string, { disposition: Disposition; type: string; count: number }>, letter: DeadLetter): void {
  const key = `${letter.disposition}/${letter.failure.type}`;
  const known = reasons.get(key);
  if (known === undefined) reasons.set(key, { disposition: letter.disposition, type: letter.failure.type, count: 1 });
  else known.count++;
}
