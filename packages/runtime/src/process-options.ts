import { exponential, InvalidOptionsError, type RetryPolicy, resolveRetryPolicy } from "@millrace/core";
import { createClassifier, type DeadLetterNaming } from "@millrace/retry";
import type { Handler, Middleware } from "./handler.ts";

/** What to do about a handler's failure. */
export type Classification = "retry" | "dead-letter" | "skip" | "halt";

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
   * Where records go that cannot be handled: `{}` for `dlq.{topic}`. Left out, such a record stops the runtime with `RUNTIME_HALTED`, uncommitted.
   * With dead letters the processor also reads this group's retry topic, through which redriven records come back.
   */
  readonly deadLetter?: {
    readonly naming?: DeadLetterNaming;
    /** How long dead letters, and records in the retry topic, are kept, in milliseconds. @default 30 days */
    readonly retentionMs?: number;
  };
  /** @default `dead-letter` where an error that says that it is not retryable is among the causes, else `retry` */
  readonly classify?: (error: unknown) => Classification;
  /** Handles records whose value is null. @default they are rejected and become dead letters */
  readonly onTombstone?: Handler<Key, null>;
  readonly middleware?: readonly Middleware[];
  /** A handler that runs longer has failed, and its signal aborts. @default 300_000 */
  readonly handlerTimeoutMs?: number;
}

/** Options with nothing left out. */
export interface ResolvedProcessOptions {
  readonly order: "key" | "partition" | "unordered";
  readonly concurrency: number;
  readonly retry: RetryPolicy;
  readonly deadLetter: { readonly naming: DeadLetterNaming; readonly retentionMs: number | undefined } | undefined;
  readonly classify: (error: unknown) => Classification;
  readonly onTombstone: Handler<unknown, null> | undefined;
  readonly middleware: readonly Middleware[];
  readonly handlerTimeoutMs: number;
}

/**
 * Fills in and checks the options of one processor.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveProcessOptions<Key>(topic: string, options: ProcessOptions<Key>): ResolvedProcessOptions {
  const problems: string[] = [];
  const { order = "key", concurrency = 16, handlerTimeoutMs = 300_000 } = options;
  if (!["key", "partition", "unordered"].includes(order))
    problems.push(`order must be "key", "partition" or "unordered", not ${JSON.stringify(order)}`);
  if (!Number.isSafeInteger(concurrency) || concurrency < 1)
    problems.push(`concurrency must be a whole number of at least 1, not ${concurrency}`);
  if (!(handlerTimeoutMs > 0)) problems.push(`handlerTimeoutMs must be more than 0 milliseconds, not ${handlerTimeoutMs}`);
  const naming = options.deadLetter?.naming ?? "prefix";
  if (!["prefix", "suffix"].includes(naming))
    problems.push(`deadLetter.naming must be "prefix" or "suffix", not ${JSON.stringify(naming)}`);
  const retentionMs = options.deadLetter?.retentionMs;
  if (retentionMs !== undefined && (!Number.isSafeInteger(retentionMs) || retentionMs < 1))
    problems.push(`deadLetter.retentionMs must be a whole number of at least 1, not ${retentionMs}`);
  let retry = options.retry ?? exponential();
  try {
    retry = resolveRetryPolicy(retry);
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    problems.push(...error.problems.map((problem) => `retry: ${problem}`));
  }
  if (problems.length > 0) throw new InvalidOptionsError(`processor of "${topic}"`, problems);
  return {
    order,
    concurrency,
    retry,
    deadLetter: options.deadLetter === undefined ? undefined : { naming, retentionMs },
    classify: options.classify ?? classifyByCauses,
    onTombstone: options.onTombstone as Handler<unknown, null> | undefined,
    middleware: options.middleware ?? [],
    handlerTimeoutMs,
  };
}

const byCauses = createClassifier();

function classifyByCauses(error: unknown): Classification {
  return byCauses(error) === "dead-letter" ? "dead-letter" : "retry";
}
