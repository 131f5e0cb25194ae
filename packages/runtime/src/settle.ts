import {
  backoffDelay,
  type Clock,
  decideRetry,
  exponential,
  type Logger,
  MillraceError,
  type Random,
  type RetryDecision,
  type RetryPolicy,
} from "@millrace/core";
import { type Disposition, describeFailure, type FailedRecord, type FailureClass } from "@millrace/retry";
import type { ResolvedProcessOptions } from "./process-options.ts";
import type { RecordTask } from "./record-task.ts";
import { RuntimeError } from "./runtime-error.ts";

/** How a record ended that has been settled: with `moved` and `dropped`, a copy of it in the retry partition that is not the newest. */
export type SettledOutcome = "handled" | "dead-lettered" | "skipped" | "parked" | "moved" | "dropped";

/** How a record's turn ended. An abandoned one is not settled: whoever owns the partition next reads it again; a blocked one has to wait for another turn. */
export type Outcome = SettledOutcome | "abandoned" | "blocked";

/** What settling needs. */
export interface SettleSteps {
  readonly options: ResolvedProcessOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  decode(task: RecordTask): Promise<void>;
  /** One handler call, middleware and sends included. */
  attempt(task: RecordTask, attempt: number): Promise<void>;
  writeDeadLetter(task: RecordTask, failed: FailedRecord): Promise<unknown>;
  /** Whether a failed round is followed by another one, later; undefined where retries are not durable. */
  readonly decideRound: ((task: RecordTask) => RetryDecision) | undefined;
  /** Puts a record into the retry partition, for so long at least. */
  park(task: RecordTask, attempts: number, delayMs: number): Promise<Outcome>;
  retried(task: RecordTask): void;
  /** Waits between attempts. False when the partition is going, at once. */
  wait(task: RecordTask, delayMs: number): Promise<boolean>;
}

// A passing fault of the registry or of the dead-letter topic is no fault of the record: it waits, however long it takes.
const patience = exponential({ attempts: Number.POSITIVE_INFINITY, initialMs: 500, maxMs: 30_000 });

const failureClasses: ReadonlySet<FailureClass> = new Set(["retry", "retry-later", "dead-letter", "skip", "halt"]);

/** What has happened to a record before it had to be settled step by step. */
export type Begun =
  /** It is being decoded, or could not be. */
  | { readonly decoding: Promise<void> }
  /** Its first attempt has failed. */
  | Failure
  /** It has failed in a transaction that was aborted. */
  | Past;

/** An attempt that failed. */
export interface Failure {
  readonly error: unknown;
  /** When the first attempt began, by the monotonic clock. */
  readonly began: number;
}

/** A failure that has been judged. */
export interface Past extends Failure {
  /** Of the attempt, from 1. */
  readonly number: number;
  readonly verdict: Verdict;
}

/** What is to follow a failure. */
export type Verdict =
  | { readonly kind: "skip" }
  /** Another attempt, at this time of the monotonic clock. */
  | { readonly kind: "again"; readonly at: number }
  /** Another round, so many milliseconds later. */
  | { readonly kind: "park"; readonly delayMs: number }
  | { readonly kind: "put-aside"; readonly disposition: Disposition };

/**
 * Takes one record to its end: handled, retried in place until it is, dead-lettered, or skipped by explicit choice.
 * @throws RuntimeError (`RUNTIME_HALTED`) when the record may neither be handled nor put aside.
 */
export async function settleRecord(task: RecordTask, steps: SettleSteps, begun: Begun): Promise<Outcome> {
  let past: Past | undefined;
  let failure: Failure | undefined;
  if ("decoding" in begun) {
    const undecodable = await decodePatiently(task, steps, begun.decoding);
    if (undecodable === "abandoned") return "abandoned";
    if (undecodable !== undefined)
      return await putAside(task, steps, { error: undecodable.error, disposition: "undecodable", attempts: 0 });
    past = task.work.unit?.past(task);
    if (past === undefined) failure = await attempt(task, steps, 1, steps.clock.monotonic());
  } else if ("verdict" in begun) past = begun;
  else failure = begun;
  for (let number = past?.number ?? 1; ; number++) {
    if (past === undefined && failure === undefined) return "handled";
    const ended: Outcome | "again" =
      past === undefined ? await settleFailure(task, steps, number, failure as Failure) : await carryOut(task, steps, past);
    if (ended !== "again") return ended;
    failure = await attempt(task, steps, number + 1, (past ?? (failure as Failure)).began);
    past = undefined;
  }
}

async function attempt(task: RecordTask, steps: SettleSteps, number: number, began: number): Promise<Failure | undefined> {
  try {
    await steps.attempt(task, number);
    return undefined;
  } catch (error) {
    return { error, began };
  }
}

/**
 * What follows a failed attempt, the first one being number 1: "again" when there is to be another, after the wait for it.
 * @throws RuntimeError (`RUNTIME_HALTED`) when the record may neither be tried again nor put aside.
 */
async function settleFailure(task: RecordTask, steps: SettleSteps, number: number, failure: Failure): Promise<Outcome | "again"> {
  const { unit } = task.work;
  if (unit === undefined ? task.work.isGivenUp : !unit.isBlamed(task, failure.error)) return "abandoned";
  const past: Past = { ...failure, number, verdict: judge(task, steps, number, failure) };
  // What the attempt has written in a transaction goes with the transaction.
  return unit?.failed(task, past) === true ? "abandoned" : await carryOut(task, steps, past);
}

function judge(task: RecordTask, steps: SettleSteps, number: number, { error, began }: Failure): Verdict {
  const { options, clock, random } = steps;
  const classification = classify(task, error, options);
  if (classification === "skip") return { kind: "skip" };
  if (classification === "halt") throw halted(task, "its failure was classified as halt", error);
  if (classification === "dead-letter") return { kind: "put-aside", disposition: "not-retryable" };
  let disposition: Disposition = "not-retryable";
  if (classification === "retry" || steps.decideRound === undefined) {
    const now = clock.monotonic();
    const decision = decideRetry(options.retry, { attempt: number, elapsedMs: now - began }, random);
    const longestMs = (options.exactlyOnce?.transactionTimeoutMs ?? Number.POSITIVE_INFINITY) / 2;
    if (decision.retry && longestWaits(options.retry, number, longestMs) <= longestMs) return { kind: "again", at: now + decision.delayMs };
    // The waits to come would outlast the transaction.
    disposition = decision.retry ? "time-exhausted" : decision.reason;
  }
  const round = steps.decideRound?.(task);
  if (round?.retry === true) return { kind: "park", delayMs: round.delayMs };
  return { kind: "put-aside", disposition: round?.reason ?? disposition };
}

/** Does what was decided. */
async function carryOut(task: RecordTask, steps: SettleSteps, { number, error, began, verdict }: Past): Promise<Outcome | "again"> {
  if (verdict.kind === "skip") {
    steps.logger.warn("record skipped by classification", { ...placeOf(task), error });
    return "skipped";
  }
  if (verdict.kind === "again") {
    steps.retried(task);
    task.isBetweenAttempts = true;
    const goesOn = await steps.wait(task, Math.max(0, verdict.at - steps.clock.monotonic()));
    task.isBetweenAttempts = false;
    if (!goesOn) return "abandoned";
    return task.overruled === undefined ? "again" : await settleFailure(task, steps, number, { error: task.overruled, began });
  }
  if (verdict.kind === "put-aside") return await putAside(task, steps, { error, disposition: verdict.disposition, attempts: number });
  steps.logger.warn("record parked, to be tried again later", { ...placeOf(task), delay_ms: verdict.delayMs, error });
  return await steps.park(task, number, verdict.delayMs);
}

/** All waits that may follow so many failures, in milliseconds; counted no further than `longestMs`. */
function longestWaits(policy: RetryPolicy, failures: number, longestMs: number): number {
  if (policy.maxMs === 0 || longestMs === Number.POSITIVE_INFINITY) return 0;
  let sumMs = 0;
  for (let failed = failures; failed < policy.attempts && sumMs <= longestMs; failed++) {
    sumMs += Math.max(1, backoffDelay({ ...policy, jitter: 0 }, failed));
  }
  return Math.min(sumMs, policy.maxElapsedMs);
}

async function decodePatiently(
  task: RecordTask,
  steps: SettleSteps,
  first: Promise<void>,
): Promise<{ readonly error: unknown } | "abandoned" | undefined> {
  let decoding: Promise<void> | undefined = first;
  for (let number = 1; ; number++) {
    try {
      await decoding;
      return undefined;
    } catch (error) {
      if (!(MillraceError.is(error) && error.retryable)) return { error };
      const delayMs = patientDelay(number, steps.random);
      steps.logger.warn("schema not available; the record waits", { ...placeOf(task), delay_ms: delayMs, error });
      if (!(await steps.wait(task, delayMs))) return "abandoned";
    }
    decoding = steps.decode(task);
  }
}

async function putAside(
  task: RecordTask,
  steps: SettleSteps,
  failure: { readonly error: unknown; readonly disposition: Disposition; readonly attempts: number },
): Promise<Outcome> {
  if (steps.options.deadLetter === undefined)
    throw halted(task, "it cannot be handled and its processor has no deadLetter option", failure.error);
  for (let number = 1; ; number++) {
    try {
      await steps.writeDeadLetter(task, { record: task.record, ...failure });
      return "dead-lettered";
    } catch (error) {
      const delayMs = patientDelay(number, steps.random);
      steps.logger.error("dead letter not written; the record waits, and nothing behind it is committed", {
        ...placeOf(task),
        delay_ms: delayMs,
        error,
      });
      if (!(await steps.wait(task, delayMs))) return "abandoned";
    }
  }
}

/** How long to wait after so many failures of what is tried until it works, in milliseconds. */
export function patientDelay(failures: number, random: Random): number {
  const decision = decideRetry(patience, { attempt: failures, elapsedMs: 0 }, random);
  return decision.retry ? decision.delayMs : patience.maxMs;
}

function classify(task: RecordTask, error: unknown, options: ResolvedProcessOptions): FailureClass {
  const { action } = options.headOfLine;
  if (action !== "log" && RuntimeError.is(error) && error.code === "RUNTIME_HEAD_OF_LINE") return action;
  let answer: FailureClass;
  try {
    answer = options.classify(error);
  } catch (cause) {
    throw halted(task, "its processor's classify option failed", cause);
  }
  if (failureClasses.has(answer)) return answer;
  const what = (answer as unknown) instanceof Promise ? "a promise; it must answer at once" : describeFailure(answer).message;
  throw halted(task, `its processor's classify option must answer ${[...failureClasses].join(", ")}, and not ${what}`, error);
}

function halted(task: RecordTask, why: string, cause: unknown): RuntimeError {
  const { topic, partition, offset } = task.record;
  return new RuntimeError({
    code: "RUNTIME_HALTED",
    message: `the record at ${topic}/${partition} offset ${offset} stopped the runtime: ${why} (${describeFailure(cause).message}); its offset is not committed`,
    cause,
  });
}

function placeOf(task: RecordTask): { topic: string; partition: number; offset: number } {
  const { topic, partition, offset } = task.record;
  return { topic, partition, offset };
}
