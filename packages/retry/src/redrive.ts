import type { RawMessage } from "@millrace/kafka";
import { type DeadLetter, describeFailure } from "./dead-letter.ts";
import { type Decision, runDeadLetterJob } from "./dead-letter-job.ts";
import { createRateLimit, perSecondProblem } from "./rate-limit.ts";
import { writeStory } from "./record-origin.ts";
import { type RedriveMessage, type RedriveOptions, type RedriveReport, resolveJobOptions } from "./redrive-options.ts";
import { groupsReading, type RedriveTarget, resolveTarget } from "./redrive-target.ts";
import { RetryError } from "./retry-error.ts";

// Batches follow each other so closely that a limit is kept within any second.
const batchesPerSecond = 20;

/**
 * Brings open dead letters back to the group whose handler failed, through that group's retry topic: nobody else sees them again.
 *
 * Each letter goes to the retry partition with its origin's number, carrying its story. Letters, audit entries and the job's own record are stored in one
 * transaction for each batch (`batchSize`), so that a redrive killed half-way loses nothing and repeats nothing for `read_committed` readers, which those of
 * millrace are; run again under its name, it goes on with the letters that there were at its first start. Until then, or until the broker has aborted what it
 * left open (some 10 to 20 s), readers of its topics wait.
 *
 * One job works on the dead letters of a group at a time: a newer one shuts the older one out (transactional id `{audit topic}/{group}`).
 *
 * Letters that come back again and again are parked after `maxRedrives` times, through the source topic as well. Through any other topic this is not counted:
 * what fails there is a new record.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`), RetryError (`RETRY_BAD_TOPIC_NAME`, `RETRY_JOB_TAKEN_OVER`), AbortedError (`ABORTED`), KafkaError; what was sent before is recorded
 */
export async function redrive(options: RedriveOptions): Promise<RedriveReport> {
  const { kafka, group, job, maxRedrives = 5, ratePerSecond, transform } = options;
  const { problems: targetProblems, ...target } = resolveTarget(options);
  const problems = [...targetProblems];
  if (!(Number.isSafeInteger(maxRedrives) || maxRedrives === Number.POSITIVE_INFINITY) || maxRedrives < 0)
    problems.push(`maxRedrives must be a whole number or Infinity, not ${maxRedrives}`);
  const rateProblem = ratePerSecond === undefined ? undefined : perSecondProblem(ratePerSecond, "ratePerSecond");
  if (rateProblem !== undefined) problems.push(rateProblem);
  const resolved = resolveJobOptions("redrive", options, problems);
  const { dryRun, batchSize, clock } = resolved;
  // Asked before anything is sent: who sees it again must be known.
  const groups = target.byOrigin === "always" ? [group] : await groupsReading(kafka, target.topic, resolved.signal);
  const slice = ratePerSecond === undefined ? batchSize : Math.max(1, Math.floor(ratePerSecond / batchesPerSecond));
  const { counts, failed, reasons, ...run } = await runDeadLetterJob(
    { ...resolved, batchSize: Math.min(batchSize, slice) },
    {
      action: "redrive",
      target: target.topic,
      rate: ratePerSecond === undefined ? undefined : createRateLimit({ perSecond: ratePerSecond, clock }),
      decide(letter) {
        if (letter.redrives >= maxRedrives) return { state: "parked", message: null };
        if (target.byOrigin === "always" && letter.origin.partition < 0) return placeless(letter);
        const brought = (mended: RedriveMessage): Decision => ({ state: "redriven", message: address(letter, mended, target, job) });
        return transform === undefined ? brought({}) : mend(letter, transform, brought);
      },
    },
  );
  const { open, redriven, parked, left, failed: failures } = counts;
  if (!dryRun) kafka.instrumentation?.count("millrace.records.redriven", redriven, { topic: options.topic, group });
  const destinations = redriven === 0 ? [] : [{ topic: target.topic, groups, count: redriven }];
  return { job, dryRun, open, redriven, parked, left, failed, failures, ...run, reasons, destinations };
}

function address(letter: DeadLetter, message: RedriveMessage, target: RedriveTarget, job: string): RawMessage {
  const { origin, group, attempts, redrives } = letter;
  const byOrigin = target.byOrigin !== "never" && origin.partition >= 0;
  return {
    topic: target.topic,
    ...(byOrigin ? { partition: origin.partition } : {}),
    key: message.key === undefined ? letter.key : message.key,
    value: message.value === undefined ? letter.value : message.value,
    headers: writeStory(message.headers ?? letter.headers, { origin, group, attempts, redrives: redrives + 1, job }),
  };
}

/** Watermill, for one, does not tell where its dead letters came from. */
function placeless({ id }: DeadLetter): RetryError {
  return new RetryError({
    code: "RETRY_SEND_REFUSED",
    message: `dead letter ${id} does not say which partition it came from, so that it has no place on a retry topic; it stays open: read it with readDeadLetters and send it where it belongs`,
  });
}

async function mend(
  letter: DeadLetter,
  transform: NonNullable<RedriveOptions["transform"]>,
  brought: (mended: RedriveMessage) => Decision,
): Promise<Decision> {
  try {
    const mended = await transform(letter);
    if (mended === null) return "left";
    const problem = messageProblem(mended);
    if (problem !== undefined) throw new TypeError(problem);
    return brought(mended);
  } catch (error) {
    return new RetryError({
      code: "RETRY_TRANSFORM_FAILED",
      message: `the transform failed for dead letter ${letter.id}, which stays open: ${describeFailure(error).message}`,
      cause: error,
    });
  }
}

/** Plain JavaScript may give anything, and one letter must not end a job. */
function messageProblem(mended: RedriveMessage): string | undefined {
  const isBytes = (value: unknown): boolean => value === undefined || value === null || Buffer.isBuffer(value);
  if (typeof mended !== "object") return `it gave ${typeof mended}, and not a message, or null for one that is to be left`;
  const { key, value, headers = [] } = mended;
  if (!isBytes(key) || !isBytes(value)) return "key and value must be Buffers or null, or left out";
  const areHeaders =
    Array.isArray(headers) &&
    headers.every((pair) => Array.isArray(pair) && typeof pair[0] === "string" && pair[1] !== undefined && isBytes(pair[1]));
  return areHeaders ? undefined : "headers must be a list of [name, Buffer or null]";
}
