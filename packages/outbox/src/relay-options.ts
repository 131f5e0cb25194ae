import {
  type Clock,
  exponential,
  type Instrumentation,
  InvalidOptionsError,
  type Logger,
  MillraceError,
  noInstrumentation,
  type Random,
  type RetryPolicy,
  resolveRetryPolicy,
  silentLogger,
  systemClock,
} from "@millrace/core";
import type { Producer } from "@millrace/kafka";
import type { OutboxStore } from "./outbox-store.ts";

/** How a relay works. */
export interface OutboxRelayOptions {
  /** Stays yours: the relay does not close it. */
  readonly store: Omit<OutboxStore<never>, "append">;
  /** Stays yours. It must wait for all replicas (`acks: "all"`, the default). */
  readonly producer: Pick<Producer, "sendRaw">;
  /** Entries that are read, published and recorded together. @default 100 */
  readonly batchSize?: number;
  /** How long it rests when there is nothing to publish, in milliseconds; `wake` ends a rest. @default 1_000 */
  readonly pollMs?: number;
  /**
   * When an entry that could not be published is tried again; it counts over restarts, `maxElapsedMs` from when the entry was appended. What is left when it is used
   * up has failed. @default exponential({ attempts: Infinity, initialMs: 500, maxMs: 60_000 })
   */
  readonly retry?: RetryPolicy;
  /** Whether a failure is worth another attempt; an entry with one that is not has failed at once. @default all but errors of millrace that are not retryable */
  readonly shouldRetry?: (error: unknown) => boolean;
  /** How long published entries stay in the store, in milliseconds. @default 86_400_000 (a day) */
  readonly keepPublishedMs?: number;
  /** For how long one relay keeps the others from publishing; renewed while it works, in milliseconds. @default 30_000 */
  readonly leaseMs?: number;
  /** Names this relay among those of one store. @default a random name */
  readonly owner?: string;
  /** The header that tells a consumer the id of an entry, the same each time that it is published; null for none. @default "millrace.outbox.id" */
  readonly idHeader?: string | null;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  readonly instrumentation?: Instrumentation;
}

/** Options with nothing left out. */
export type ResolvedRelayOptions = Required<OutboxRelayOptions>;

/**
 * Fills in and checks the options of a relay.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveRelayOptions(options: OutboxRelayOptions): ResolvedRelayOptions {
  const { random = Math.random } = options;
  const resolved: ResolvedRelayOptions = {
    store: options.store,
    producer: options.producer,
    batchSize: options.batchSize ?? 100,
    pollMs: options.pollMs ?? 1_000,
    retry: options.retry ?? exponential({ attempts: Number.POSITIVE_INFINITY, initialMs: 500, maxMs: 60_000 }),
    shouldRetry: options.shouldRetry ?? ((error) => !MillraceError.is(error) || error.retryable),
    keepPublishedMs: options.keepPublishedMs ?? 86_400_000,
    leaseMs: options.leaseMs ?? 30_000,
    owner: options.owner ?? `relay-${Math.floor(random() * 2 ** 48).toString(36)}`,
    idHeader: options.idHeader === undefined ? "millrace.outbox.id" : options.idHeader,
    clock: options.clock ?? systemClock,
    random,
    logger: options.logger ?? silentLogger,
    instrumentation: options.instrumentation ?? noInstrumentation,
  };
  const problems: string[] = [];
  const { batchSize, keepPublishedMs, owner } = resolved;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) problems.push(`batchSize must be a whole number of at least 1, not ${batchSize}`);
  for (const name of ["pollMs", "leaseMs"] as const) {
    if (!(resolved[name] > 0 && resolved[name] < Number.POSITIVE_INFINITY))
      problems.push(`${name} must be more than 0 milliseconds, not ${resolved[name]}`);
  }
  if (!(keepPublishedMs >= 0)) problems.push(`keepPublishedMs must be 0 or more milliseconds, not ${keepPublishedMs}`);
  if (owner === "") problems.push("owner must be a text of at least one character");
  try {
    resolveRetryPolicy(resolved.retry);
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    problems.push(...error.problems.map((problem) => `retry: ${problem}`));
  }
  if (problems.length > 0) throw new InvalidOptionsError("outbox relay", problems);
  return resolved;
}
