import { AbortedError, InvalidOptionsError } from "@millrace/core";
import { KafkaError, type Producer, type RawMessage } from "@millrace/kafka";
import { type AuditEntry, encodeAudit } from "./audit-record.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { type DeadLetterScan, scanDeadLetters } from "./dead-letter-log.ts";
import type { RateLimit } from "./rate-limit.ts";
import { encodeJob, type RedriveJob, type RedriveJobCounts } from "./redrive-job.ts";
import type { ReasonCount, ResolvedJobOptions } from "./redrive-options.ts";
import { RetryError } from "./retry-error.ts";
import { auditTopicName } from "./topic-names.ts";

/** What is to become of one letter: left as it is, failed for a reason, or settled in a state, for `redriven` by sending a message. */
export type Decision = "left" | RetryError | { readonly state: AuditEntry["state"]; readonly message: RawMessage | null };

/** What one kind of job does. */
export interface JobSteps {
  readonly action: RedriveJob["action"];
  readonly target: string | null;
  readonly rate: RateLimit | undefined;
  /** Asked of each letter that is meant. */
  decide(letter: DeadLetter): Decision | Promise<Decision>;
}

/** What a job did. */
export interface JobResult {
  readonly counts: RedriveJobCounts;
  readonly failed: readonly { readonly id: string; readonly error: RetryError }[];
  readonly newer: number;
  readonly resumed: boolean;
  readonly repeated: number;
  readonly reasons: readonly ReasonCount[];
}

interface Settling {
  readonly letter: DeadLetter;
  readonly state: AuditEntry["state"];
  readonly message: RawMessage | null;
}

const largestMessageBytes = 128 * 1_048_576;
const mostFailures = 1_000;
// One batch is being sent while the next one is read; letters may be as large as topics allow.
const batchBytes = 16 * 1_048_576;

/**
 * Runs a job over the dead letters of a group. Batches go one after the other, and each is recorded before the next one is sent, while that is already being read.
 * The job's own record is written before the first batch and after the last one.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) when another kind of job has this name; AbortedError (`ABORTED`), KafkaError: what was settled before is recorded
 */
export async function runDeadLetterJob(options: ResolvedJobOptions, steps: JobSteps): Promise<JobResult> {
  const { kafka, topic, group, job, deadLetterTopic, states, dryRun, batchSize, clock, signal, onProgress } = options;
  const began = clock.monotonic();
  const startedAt = clock.now();
  const auditTopic = auditTopicName(deadLetterTopic);
  const scan = await scanDeadLetters({ kafka, topic, group, deadLetterTopic, states, job, signal });
  const previous = checkAction(scan.job, steps, options);
  const reasons = new Map<string, { -readonly [K in keyof ReasonCount]: ReasonCount[K] }>();
  const failed: { id: string; error: RetryError }[] = [];
  const counts = { open: 0, redriven: 0, discarded: 0, parked: 0, left: 0, failed: 0 };
  // A letter's original may be as large as its topic allows; the broker has the last word.
  const producer = kafka.producer({ maxMessageBytes: largestMessageBytes, bufferBytes: 2 * largestMessageBytes });

  let recorded = false;
  /** Whether letters may have been sent that are not recorded. */
  let inFlight = false;
  const record = async (state: Pick<RedriveJob, "endedAt" | "unrecorded" | "counts">): Promise<void> => {
    const { by, select: selection } = options;
    const { action, target } = steps;
    const times = { startedAt: previous?.startedAt ?? startedAt, resumedAt: startedAt };
    await producer.sendRaw(encodeJob(auditTopic, { job, group, action, by, target, selection, ends: scan.ends, ...times, ...state }));
    recorded = true;
  };
  const fail = (id: string, error: RetryError): void => {
    counts.failed++;
    if (failed.length < mostFailures) failed.push({ id, error });
  };
  const settle = async (batch: readonly Settling[]): Promise<void> => {
    throwIfAborted(options);
    const toSend = batch.filter(({ message }) => message !== null).length;
    if (toSend > 0) await steps.rate?.take({ count: toSend, signal });
    if (!recorded) await record({ endedAt: null, unrecorded: batchSize, counts: null });
    inFlight = true;
    const { settled, refused, failure } = await sendAll(producer, batch);
    const at = clock.now();
    await Promise.all(
      settled.map(({ letter, state }) =>
        producer.sendRaw(encodeAudit(auditTopic, { id: letter.id, state, redrives: letter.redrives + 1, job, at })),
      ),
    );
    for (const { state } of settled) counts[state]++;
    for (const { id, error } of refused) fail(id, error);
    if (failure !== undefined) throw failure.error;
    inFlight = false;
    onProgress?.({ job, ...counts, open: scan.count, elapsedMs: clock.monotonic() - began });
  };

  let settling: Promise<void> = Promise.resolve();
  let batch: Settling[] = [];
  let bytes = 0;
  const turnOver = async (): Promise<void> => {
    await settling;
    settling = settle(batch);
    // It is looked at when the next batch is ready.
    settling.catch(() => undefined);
    batch = [];
    bytes = 0;
  };
  try {
    for await (const { letter } of scan.read()) {
      throwIfAborted(options);
      counts.open++;
      countReason(reasons, letter);
      const decision = options.isMeant(letter) ? await steps.decide(letter) : "left";
      if (decision === "left") counts.left++;
      else if (RetryError.is(decision)) fail(letter.id, decision);
      else if (dryRun) counts[decision.state]++;
      else {
        batch.push({ letter, ...decision });
        bytes += (decision.message?.value?.length ?? 0) + (letter.value?.length ?? 0);
        if (batch.length >= batchSize || bytes >= batchBytes) await turnOver();
      }
    }
    if (batch.length > 0) await turnOver();
    await settling;
    if (recorded) await record({ endedAt: clock.now(), unrecorded: 0, counts });
  } catch (error) {
    await settling.catch(() => undefined);
    // Without a broker this would be one more long wait.
    if (recorded && !inFlight && !KafkaError.is(error))
      await record({ endedAt: clock.now(), unrecorded: 0, counts }).catch(() => undefined);
    throw error;
  } finally {
    await producer.close();
  }
  return {
    counts,
    failed,
    newer: scan.newer,
    resumed: previous !== undefined,
    repeated: Math.min(previous?.unrecorded ?? 0, counts.redriven),
    reasons: [...reasons.values()].sort((a, b) => b.count - a.count),
  };
}

/** Sends what is to be sent; whatever comes of the others, those that are settled are named. `failure` is one that may pass. */
async function sendAll(
  producer: Producer,
  batch: readonly Settling[],
): Promise<{ settled: Settling[]; refused: { id: string; error: RetryError }[]; failure: { error: unknown } | undefined }> {
  const settled: Settling[] = [];
  const refused: { id: string; error: RetryError }[] = [];
  let failure: { error: unknown } | undefined;
  const results = await Promise.allSettled(batch.map(async ({ message }) => (message === null ? null : await producer.sendRaw(message))));
  for (const [index, result] of results.entries()) {
    const settling = batch[index] as Settling;
    if (result.status === "fulfilled") settled.push(settling);
    else if (isRefusal(result.reason)) refused.push({ id: settling.letter.id, error: refusal(settling, result.reason) });
    else failure ??= { error: result.reason };
  }
  return { settled, refused, failure };
}

function isRefusal(error: unknown): error is KafkaError {
  return KafkaError.is(error) && (error.code === "KAFKA_MESSAGE_TOO_LARGE" || error.code === "KAFKA_INVALID_PARTITION");
}

function refusal({ letter, message }: Settling, cause: KafkaError): RetryError {
  return new RetryError({
    code: "RETRY_SEND_REFUSED",
    message: `dead letter ${letter.id} cannot be sent to "${message?.topic}" and stays open: ${cause.message}`,
    cause,
  });
}

function checkAction(previous: DeadLetterScan["job"], { action }: JobSteps, { job }: ResolvedJobOptions): RedriveJob | undefined {
  if (previous === undefined || previous.action === action) return previous;
  throw new InvalidOptionsError(action, [`job "${job}" is a ${previous.action} that ${previous.by} began; take another name`]);
}

function throwIfAborted({ job, signal }: ResolvedJobOptions): void {
  if (signal?.aborted === true) throw new AbortedError(`job "${job}"`, { cause: signal.reason });
}

function countReason(reasons: Map<string, { -readonly [K in keyof ReasonCount]: ReasonCount[K] }>, letter: DeadLetter): void {
  const { disposition } = letter;
  const { type } = letter.failure;
  const key = `${disposition}/${type}`;
  const known = reasons.get(key);
  if (known === undefined) reasons.set(key, { disposition, type, count: 1 });
  else known.count++;
}
