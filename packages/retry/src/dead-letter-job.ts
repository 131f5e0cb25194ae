import { AbortedError, InvalidOptionsError } from "@millrace/core";
import { KafkaError, type RawMessage } from "@millrace/kafka";
import { type AuditEntry, encodeAudit } from "./audit-record.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { type DeadLetterScan, scanDeadLetters } from "./dead-letter-log.ts";
import { createJobWriter, type JobItem } from "./job-writer.ts";
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
  readonly reasons: readonly ReasonCount[];
}

interface Settling extends JobItem {
  readonly letter: DeadLetter;
  readonly state: AuditEntry["state"];
}

type Settled = Readonly<Record<AuditEntry["state"], number>>;

const nothingSettled: Settled = { redriven: 0, discarded: 0, parked: 0 };
const mostFailures = 1_000;
// One batch is being sent while the next one is read; letters may be as large as topics allow.
const batchBytes = 16 * 1_048_576;

/**
 * Runs a job over the dead letters of a group. Batches go one after the other, each in one transaction with its audit entries and the job's own record, while the
 * next one is being read.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) when another kind of job has this name; RetryError (`RETRY_JOB_TAKEN_OVER`), AbortedError (`ABORTED`), KafkaError:
 * what was settled before is recorded
 */
export async function runDeadLetterJob(options: ResolvedJobOptions, steps: JobSteps): Promise<JobResult> {
  const { kafka, topic, group, job, deadLetterTopic, states, dryRun, batchSize, clock, signal, onProgress } = options;
  const began = clock.monotonic();
  const startedAt = clock.now();
  const auditTopic = auditTopicName(deadLetterTopic);
  const writer = dryRun ? undefined : createJobWriter({ kafka, transactionalId: `${auditTopic}/${group}`, job });
  let settled = nothingSettled;
  const counts = { open: 0, left: 0 };
  const reasons = new Map<string, { -readonly [K in keyof ReasonCount]: ReasonCount[K] }>();
  const failed: { id: string; error: RetryError }[] = [];
  let failures = 0;
  const fail = (id: string, error: RetryError): void => {
    failures++;
    if (failed.length < mostFailures) failed.push({ id, error });
  };
  let claimed = false;
  let recorded = false;

  try {
    await writer?.claim(signal);
    claimed = true;
    const scan = await scanDeadLetters({ kafka, topic, group, deadLetterTopic, states, job, signal });
    const previous = checkAction(scan.job, steps, options);
    const jobRecord = (now: Settled, endedAt: number | null): RawMessage => {
      const { by, select: selection } = options;
      const { action, target } = steps;
      const { open, ...before } = previous?.counts ?? { ...nothingSettled, open: scan.count };
      return encodeJob(auditTopic, {
        job,
        group,
        action,
        by,
        target,
        selection,
        startedAt: previous?.startedAt ?? startedAt,
        resumedAt: startedAt,
        endedAt,
        ends: scan.ends,
        counts: { ...sumOf(before, now), open, left: counts.left, failed: failures },
      });
    };
    const settle = async (batch: readonly Settling[]): Promise<void> => {
      throwIfAborted(options);
      const toSend = batch.filter(({ message }) => message !== null).length;
      if (toSend > 0) await steps.rate?.take({ count: toSend, signal });
      const at = clock.now();
      const written = await writer?.write(batch, (stored) => [
        ...stored.map(({ letter: { id, redrives }, state }) => encodeAudit(auditTopic, { id, state, redrives: redrives + 1, job, at })),
        jobRecord(sumOf(settled, statesOf(stored)), null),
      ]);
      recorded = true;
      for (const { item, error } of written?.refused ?? []) fail(item.letter.id, refusal(item, error));
      settled = sumOf(settled, statesOf(written?.stored ?? []));
      onProgress?.({ job, ...counts, ...settled, failed: failures, open: scan.count, elapsedMs: clock.monotonic() - began });
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
        const decided = options.isMeant(letter) ? steps.decide(letter) : "left";
        const decision = decided instanceof Promise ? await decided : decided;
        if (decision === "left") counts.left++;
        else if (RetryError.is(decision)) fail(letter.id, decision);
        else if (dryRun) settled = sumOf(settled, statesOf([decision]));
        else {
          batch.push({ letter, ...decision });
          bytes += (decision.message?.value?.length ?? 0) + (letter.value?.length ?? 0);
          if (batch.length >= batchSize || bytes >= batchBytes) await turnOver();
        }
      }
      if (batch.length > 0) await turnOver();
      await settling;
      // One that was killed ends with the run that finds nothing left to do.
      if (recorded || previous?.endedAt === null) await writer?.write([], () => [jobRecord(settled, clock.now())]);
    } catch (error) {
      await settling.catch(() => undefined);
      // Without a broker this would be one more long wait, and who was shut out has nothing more to say.
      if (recorded && !KafkaError.is(error) && !isTakenOver(error)) {
        await writer?.write([], () => [jobRecord(settled, clock.now())]).catch(() => undefined);
      }
      throw error;
    }
    return {
      counts: { ...counts, ...settled, failed: failures },
      failed,
      newer: scan.newer,
      resumed: previous !== undefined,
      reasons: [...reasons.values()].sort((a, b) => b.count - a.count),
    };
  } finally {
    // Who gives up waiting for a broker does not wait for it here; what is left is closed with its connection.
    const closed = writer?.close();
    if (claimed) await closed;
    else closed?.catch(() => undefined);
  }
}

function statesOf(decided: readonly { readonly state: AuditEntry["state"] }[]): Settled {
  const counts = { ...nothingSettled };
  for (const { state } of decided) counts[state]++;
  return counts;
}

function sumOf(one: Settled, other: Settled): Settled {
  return {
    redriven: one.redriven + other.redriven,
    discarded: one.discarded + other.discarded,
    parked: one.parked + other.parked,
  };
}

function refusal({ letter, message }: Settling, cause: KafkaError): RetryError {
  return new RetryError({
    code: "RETRY_SEND_REFUSED",
    message: `dead letter ${letter.id} cannot be sent to "${message?.topic}" and stays open: ${cause.message}`,
    cause,
  });
}

function isTakenOver(error: unknown): boolean {
  return RetryError.is(error) && error.code === "RETRY_JOB_TAKEN_OVER";
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
