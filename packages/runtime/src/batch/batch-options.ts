import { InvalidOptionsError } from "@millrace/core";
import { type ProcessOptions, type ResolvedProcessOptions, resolveProcessOptions } from "../process-options.ts";

/**
 * How records of a topic are processed in batches: as single ones are, but for middleware, which runs around single records, and exactly-once steps. `concurrency`
 * counts batches; `handlerTimeoutMs` is a batch's.
 */
export interface BatchOptions<Key> extends Omit<ProcessOptions<Key>, "middleware" | "exactlyOnce"> {
  /**
   * `key` and `partition`: one batch of a partition at a time. `unordered`: up to `concurrency`, of one partition too.
   * @default "key"
   */
  readonly order?: "key" | "partition" | "unordered";
  /** Messages of a batch, at most; it has those that have been fetched. With `retryLater`, one of a key at most. @default 100 */
  readonly batchSize?: number;
  /** How long a batch that is not full waits for more, in milliseconds. @default 0 */
  readonly lingerMs?: number;
}

/** Options with nothing left out. */
export interface ResolvedBatchOptions {
  readonly processing: ResolvedProcessOptions;
  readonly batchSize: number;
  readonly lingerMs: number;
}

/**
 * Fills in and checks the options of one batch processor.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveBatchOptions<Key>(topic: string, options: BatchOptions<Key>): ResolvedBatchOptions {
  const problems: string[] = [];
  const { batchSize = 100, lingerMs = 0, ...processing } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) problems.push(`batchSize must be a whole number of at least 1, not ${batchSize}`);
  if (!(lingerMs >= 0 && lingerMs < Number.POSITIVE_INFINITY)) problems.push(`lingerMs must be 0 or more milliseconds, not ${lingerMs}`);
  for (const name of ["middleware", "exactlyOnce"] as const) {
    if ((processing as ProcessOptions<Key>)[name] !== undefined) problems.push(`${name} is for single records; process() takes it`);
  }
  let resolved: ResolvedProcessOptions | undefined;
  try {
    resolved = resolveProcessOptions(topic, processing);
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    problems.push(...error.problems);
  }
  if (resolved === undefined || problems.length > 0) throw new InvalidOptionsError(`batch processor of "${topic}"`, problems);
  return { processing: resolved, batchSize, lingerMs };
}
