import { backoffDelay, exponential, InvalidOptionsError, type RetryPolicy, resolveRetryPolicy } from "@millrace/core";
import { createClassifier, type DeadLetterNaming, type FailureClass, type FailureRule } from "@millrace/retry";
import { type RateLimitOptions, rateLimitProblems } from "./admission.ts";
import type { Handler, Middleware } from "./handler.ts";
import { type HeadOfLineRule, type ResolvedHeadOfLineRule, resolveHeadOfLine } from "./head-of-line.ts";
import { isOutsideTransactions } from "./middleware/outside-transactions.ts";
import { retryTierProblems } from "./tiered/retry-tier-problems.ts";

/** How records of a topic are processed. */
export interface ProcessOptions<Key> {
  /**
   * `key`: one at a time per key, keys side by side; records without a key have no order. `partition`: one at a time per partition. `unordered`: no order at all.
   * @default "key"
   */
  readonly order?: "key" | "partition" | "unordered";
  /** Handlers running at once over all partitions. @default 16 */
  readonly concurrency?: number;
  /** Retries in place; the key waits meanwhile, other keys go on. @default exponential({ attempts: 5, initialMs: 200, maxMs: 30_000 }) */
  readonly retry?: RetryPolicy;
  /**
   * Retries that outlive the process: when those in place are used up, or where a failure is classified `retry-later`, the record is parked in this group's
   * retry topic until its time has come, and with it, in their order, all later ones of its key; the source goes on. Counts rounds: the first is the one on
   * the source, with its retries in place, each later one too. Needs `deadLetter`, where it goes when they are used up.
   * @default none: records become dead letters when `retry` is used up
   */
  readonly retryLater?: RetryPolicy | undefined;
  /**
   * How long a record waits before each further round, in milliseconds, for `order: "unordered"`: what `retry` has not mended goes to a topic that this wait has for
   * itself, `{topic}.retry.{group}.1` and so on, and after the last round to the dead letters. Any number may wait, for memory holds one fetch of each partition;
   * `retryLater` keeps the order instead. A tier that is taken away leaves behind what waits in its topic. Needs `deadLetter`.
   * @default none
   */
  readonly retryTiers?: readonly number[] | undefined;
  /** Records of one partition that may be parked at once; beyond, those that would have to be hold their partition back. @default 10_000 */
  readonly maxParked?: number;
  /**
   * Where records go that cannot be handled: `{}` for `dlq.{topic}`. Left out, such a record stops the runtime with `RUNTIME_HALTED`, uncommitted.
   * With dead letters the processor also reads this group's retry topic, through which redriven records come back.
   */
  readonly deadLetter?: {
    readonly naming?: DeadLetterNaming;
    /** How long dead letters, and records in the retry topic, are kept, in milliseconds. @default 30 days */
    readonly retentionMs?: number;
  };
  /**
   * What to do about a failure; `retry-later` without `retryLater` or `retryTiers` is `retry`.
   * @default with one of them, `retry-later` where a circuit breaker that is open is among the causes; `dead-letter` where an error that says that it is not
   *   retryable is among them; else `retry`
   */
  readonly classify?: (error: unknown) => FailureClass;
  /** Handles records whose value is null. @default they are rejected and become dead letters */
  readonly onTombstone?: Handler<Key, null>;
  readonly middleware?: readonly Middleware[];
  /** A handler that runs longer has failed, and its signal aborts. @default 300_000; with `exactlyOnce` at most half of its `transactionTimeoutMs` */
  readonly handlerTimeoutMs?: number;
  /**
   * What to do about a record that holds back its partition: the oldest one that is not settled, while 98 % of what lies behind it is, and so much that hardly
   * more is read or kept in mind. @default a warning after 60 s
   */
  readonly headOfLine?: HeadOfLineRule;
  /**
   * Works in steps: up to so many records of a partition, and what their handlers send with `context.send`, their dead letters, those that are parked and the
   * offsets behind them are one transaction, which `read_committed` readers see as a whole or not at all. Keys are side by side within a step. What handlers do
   * elsewhere is done again when a transaction is aborted. Where the waits of the `retry` that would follow a failure are more than half of the transaction's
   * time, there is no retry in place. Kafka: `transactional.id` (group, topic and partition), KIP-447.
   * @default false
   */
  readonly exactlyOnce?: boolean | ExactlyOnceOptions | undefined;
  /**
   * How many records, and bytes of them, are taken in a second, spread evenly over all partitions of the topic that this process holds; what comes back through
   * the retry topic counts too. The others wait in the broker. @default no limit
   */
  readonly rateLimit?: RateLimitOptions;
  /**
   * Records of the source are handled no earlier than so long after their timestamp, in milliseconds; one from the future waits for so long from when it was
   * fetched. Those behind it in its partition wait with it. @default 0
   */
  readonly delayMs?: number;
}

/** How exactly-once steps are cut. */
export interface ExactlyOnceOptions {
  /** Kafka: `transaction.timeout.ms`; the broker's `transaction.max.timeout.ms` is the most. @default 60_000 */
  readonly transactionTimeoutMs?: number;
  /** Records of a step, at most. Slow handlers make steps shorter. @default 500 */
  readonly maxBatchRecords?: number;
}

/** Options with nothing left out. */
export interface ResolvedProcessOptions {
  readonly order: "key" | "partition" | "unordered";
  readonly concurrency: number;
  readonly retry: RetryPolicy;
  readonly retryLater: RetryPolicy | undefined;
  readonly retryTiers: readonly number[] | undefined;
  readonly maxParked: number;
  readonly deadLetter: { readonly naming: DeadLetterNaming; readonly retentionMs: number | undefined } | undefined;
  readonly classify: (error: unknown) => FailureClass;
  readonly onTombstone: Handler<unknown, null> | undefined;
  readonly middleware: readonly Middleware[];
  readonly handlerTimeoutMs: number;
  readonly headOfLine: ResolvedHeadOfLineRule;
  readonly exactlyOnce: Required<ExactlyOnceOptions> | undefined;
  readonly rateLimit: RateLimitOptions;
  readonly delayMs: number;
}

// Attempts in place would be used up long before it closes.
const openCircuit: FailureRule = { error: "RETRY_CIRCUIT_OPEN", is: "retry-later" };

/**
 * Fills in and checks the options of one processor.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveProcessOptions<Key>(topic: string, options: ProcessOptions<Key>): ResolvedProcessOptions {
  const problems: string[] = [];
  const exactlyOnce = resolveExactlyOnce(options.exactlyOnce, problems);
  const longestHandlerMs = exactlyOnce === undefined ? Number.POSITIVE_INFINITY : exactlyOnce.transactionTimeoutMs / 2;
  const { order = "key", concurrency = 16, maxParked = 10_000, handlerTimeoutMs = Math.min(300_000, longestHandlerMs) } = options;
  if (!["key", "partition", "unordered"].includes(order))
    problems.push(`order must be "key", "partition" or "unordered", not ${JSON.stringify(order)}`);
  if (!Number.isSafeInteger(concurrency) || concurrency < 1)
    problems.push(`concurrency must be a whole number of at least 1, not ${concurrency}`);
  if (!(Number.isSafeInteger(maxParked) || maxParked === Number.POSITIVE_INFINITY) || maxParked < 1)
    problems.push(`maxParked must be a whole number of at least 1, not ${maxParked}`);
  if (!(handlerTimeoutMs > 0)) problems.push(`handlerTimeoutMs must be more than 0 milliseconds, not ${handlerTimeoutMs}`);
  if (handlerTimeoutMs > longestHandlerMs)
    problems.push(
      `handlerTimeoutMs must be at most half of exactlyOnce.transactionTimeoutMs (${longestHandlerMs} ms), not ${handlerTimeoutMs}: a transaction ends at its time`,
    );
  const { rateLimit = {}, delayMs = 0 } = options;
  if (isObject(rateLimit)) problems.push(...rateLimitProblems(rateLimit));
  else problems.push(`rateLimit must be an object with messagesPerSecond and bytesPerSecond, not ${JSON.stringify(rateLimit)}`);
  if (!(Number.isFinite(delayMs) && delayMs >= 0)) problems.push(`delayMs must be 0 or more milliseconds, not ${delayMs}`);
  const naming = options.deadLetter?.naming ?? "prefix";
  if (!["prefix", "suffix"].includes(naming))
    problems.push(`deadLetter.naming must be "prefix" or "suffix", not ${JSON.stringify(naming)}`);
  const retentionMs = options.deadLetter?.retentionMs;
  if (retentionMs !== undefined && (!Number.isSafeInteger(retentionMs) || retentionMs < 1))
    problems.push(`deadLetter.retentionMs must be a whole number of at least 1, not ${retentionMs}`);
  const retry = checkedPolicy("retry", options.retry ?? exponential(), problems);
  const retryLater = options.retryLater === undefined ? undefined : checkedPolicy("retryLater", options.retryLater, problems);
  const has = { later: retryLater !== undefined || options.retryTiers !== undefined, deadLetter: options.deadLetter !== undefined };
  const headOfLine = resolveHeadOfLine(options.headOfLine ?? {}, has, problems);
  problems.push(...retryTierProblems(options), ...middlewareProblems(options));
  if (retryLater !== undefined && options.deadLetter === undefined)
    problems.push("retryLater needs deadLetter: records go there when their rounds are used up");
  if (problems.length === 0 && retryLater !== undefined) {
    // No more than so often: a power of infinity may be no number.
    const delayMs = backoffDelay({ ...retryLater, jitter: 0 }, Math.min(retryLater.attempts, 1_000_000) - 1);
    const keptMs = retentionMs ?? 30 * 86_400_000;
    if (retryLater.attempts > 1 && delayMs >= keptMs)
      problems.push(
        `retryLater: its longest wait (${delayMs} ms) must be less than deadLetter.retentionMs (${keptMs}), or records are gone by then`,
      );
  }
  if (problems.length > 0) throw new InvalidOptionsError(`processor of "${topic}"`, problems);
  return {
    order,
    concurrency,
    retry,
    retryLater,
    retryTiers: options.retryTiers,
    maxParked,
    deadLetter: options.deadLetter === undefined ? undefined : { naming, retentionMs },
    classify: options.classify ?? createClassifier(has.later ? { rules: [openCircuit] } : {}),
    onTombstone: options.onTombstone as Handler<unknown, null> | undefined,
    middleware: options.middleware ?? [],
    handlerTimeoutMs,
    headOfLine,
    exactlyOnce,
    rateLimit,
    delayMs,
  };
}

function resolveExactlyOnce(option: ProcessOptions<unknown>["exactlyOnce"], problems: string[]): Required<ExactlyOnceOptions> | undefined {
  if (option === undefined || option === false) return undefined;
  if (option !== true && !isObject(option)) {
    problems.push(
      `exactlyOnce must be true, false or an object with transactionTimeoutMs and maxBatchRecords, not ${JSON.stringify(option)}`,
    );
    return undefined;
  }
  const { transactionTimeoutMs = 60_000, maxBatchRecords = 500 } = option === true ? {} : option;
  if (!Number.isSafeInteger(transactionTimeoutMs) || transactionTimeoutMs < 1_000 || transactionTimeoutMs >= 2 ** 31)
    problems.push(`exactlyOnce.transactionTimeoutMs must be a whole number from 1000 to ${2 ** 31 - 1}, not ${transactionTimeoutMs}`);
  if (!Number.isSafeInteger(maxBatchRecords) || maxBatchRecords < 1)
    problems.push(`exactlyOnce.maxBatchRecords must be a whole number of at least 1, not ${maxBatchRecords}`);
  return { transactionTimeoutMs, maxBatchRecords };
}

function middlewareProblems({ middleware = [], exactlyOnce = false }: ProcessOptions<never>): readonly string[] {
  if (!Array.isArray(middleware) || !middleware.every((one) => typeof one === "function"))
    return ["middleware must be a list of functions (message, context, next)"];
  if (exactlyOnce === false || !middleware.some(isOutsideTransactions)) return [];
  return [
    "dedupe has no part in exactly-once steps: when a transaction is aborted, what it has remembered would be passed over, and what its handler sent would be lost",
  ];
}

/** Plain JavaScript may give anything. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkedPolicy(name: string, policy: RetryPolicy, problems: string[]): RetryPolicy {
  try {
    return resolveRetryPolicy(policy);
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    problems.push(...error.problems.map((problem) => `${name}: ${problem}`));
    return policy;
  }
}
