import { AbortedError, type Clock, InvalidOptionsError, systemClock } from "@millrace/core";
import { type Headers, type Kafka, KafkaError, type Producer } from "@millrace/kafka";
import { encodeAudit } from "./audit-record.ts";
import { type DeadLetter, type Disposition, describeFailure } from "./dead-letter.ts";
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
  /** The dead-letter topic itself, where another system has named it. @default by `naming` */
  readonly deadLetterTopic?: string | undefined;
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
  /** Letters left open because `transform` failed, or because they cannot be sent as they are (too large, no such partition). */
  readonly failed: readonly { readonly id: string; readonly error: RetryError }[];
  /** How many letters there were by reason and by error type. */
  readonly reasons: readonly { readonly disposition: Disposition; readonly type: string; readonly count: number }[];
}

interface Outgoing {
  readonly letter: DeadLetter;
  readonly message: RedriveMessage;
}

const largestMessageBytes = 128 * 1_048_576;

/**
 * Brings open dead letters back to the group whose handler failed, through that group's retry topic: nobody else sees them again.
 *
 * Each letter goes to the retry partition with its origin's number, carrying its story. Its audit entry is written after the broker has stored it, so that a
 * redrive killed half-way loses nothing; run again, it repeats at most one batch (`batchSize`), which the group's handler then sees twice.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`), RetryError (`RETRY_BAD_TOPIC_NAME`), AbortedError (`ABORTED`), KafkaError; what was sent before is recorded
 */
export async function redrive(options: RedriveOptions): Promise<RedriveReport> {
  const { kafka, topic, group, job, dryRun = false, batchSize = 500, clock = systemClock, signal, onProgress } = options;
  const { deadLetterTopic = deadLetterTopicName(topic, options.naming) } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new InvalidOptionsError("redrive", [`batchSize must be a whole number of at least 1, not ${batchSize}`]);
  }
  const retryTopic = retryTopicName(topic, group);
  const auditTopic = auditTopicName(deadLetterTopic);
  const reasons = new Map<string, { disposition: Disposition; type: string; count: number }>();
  const failed: { id: string; error: RetryError }[] = [];
  let open = 0;
  let left = 0;
  let redriven = 0;
  let batch: Outgoing[] = [];
  // A letter's original may be as large as its topic allows; the broker has the last word.
  const producer = kafka.producer({ maxMessageBytes: largestMessageBytes, bufferBytes: 2 * largestMessageBytes });
  const sendBatch = async (): Promise<void> => {
    const { stored, refused, failure } = await sendLetters({ producer, retryTopic, job, batch });
    batch = [];
    await Promise.all(
      stored.map(({ id, redrives }) =>
        producer.sendRaw(encodeAudit(auditTopic, { id, state: "redriven", redrives: redrives + 1, job, at: clock.now() })),
      ),
    );
    redriven += stored.length;
    failed.push(...refused);
    if (failure !== undefined) throw failure.error;
    onProgress?.({ redriven });
  };
  try {
    for await (const { letter } of readDeadLetters({ kafka, topic, group, deadLetterTopic, signal })) {
      if (signal?.aborted === true) throw new AbortedError(`redrive "${job}"`, { cause: signal.reason });
      open++;
      countReason(reasons, letter);
      if (options.where?.(letter) === false) {
        left++;
        continue;
      }
      const mended = letter.origin.partition < 0 ? placeless(letter) : await mend(letter, options.transform);
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

/** Sends a batch; whatever comes of the others, those that were stored are named. `failure` is one that may pass. */
async function sendLetters(options: {
  readonly producer: Producer;
  readonly retryTopic: string;
  readonly job: string;
  readonly batch: readonly Outgoing[];
}): Promise<{ stored: DeadLetter[]; refused: { id: string; error: RetryError }[]; failure: { error: unknown } | undefined }> {
  const { producer, retryTopic, job, batch } = options;
  const stored: DeadLetter[] = [];
  const refused: { id: string; error: RetryError }[] = [];
  let failure: { error: unknown } | undefined;
  const results = await Promise.allSettled(
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
  for (const [index, result] of results.entries()) {
    const { letter } = batch[index] as Outgoing;
    if (result.status === "fulfilled") stored.push(letter);
    else if (isRefusal(result.reason)) refused.push({ id: letter.id, error: refusal(letter, retryTopic, result.reason) });
    else failure ??= { error: result.reason };
  }
  return { stored, refused, failure };
}

function isRefusal(error: unknown): error is KafkaError {
  return KafkaError.is(error) && (error.code === "KAFKA_MESSAGE_TOO_LARGE" || error.code === "KAFKA_INVALID_PARTITION");
}

function refusal(letter: DeadLetter, retryTopic: string, cause: KafkaError): RetryError {
  return new RetryError({
    code: "RETRY_SEND_REFUSED",
    message: `dead letter ${letter.id} cannot be sent to "${retryTopic}" and stays open: ${cause.message}`,
    cause,
  });
}

/** Watermill, for one, does not tell where its dead letters came from. */
function placeless({ id }: DeadLetter): RetryError {
  return new RetryError({
    code: "RETRY_SEND_REFUSED",
    message: `dead letter ${id} does not say which partition it came from, so that it has no place on a retry topic; it stays open: read it with readDeadLetters and send it where it belongs`,
  });
}

async function mend(letter: DeadLetter, transform: RedriveOptions["transform"]): Promise<RedriveMessage | null | RetryError> {
  if (transform === undefined) return {};
  try {
    return await transform(letter);
  } catch (error) {
    return new RetryError({
      code: "RETRY_TRANSFORM_FAILED",
      message: `the transform failed for dead letter ${letter.id}, which stays open: ${describeFailure(error).message}`,
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
