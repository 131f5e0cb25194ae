import type { GroupReport } from "./group-report.ts";

/** Watches how far consumer groups are behind. Made by `createMonitor`. */
export interface Monitor {
  /** Looks at once, then every `intervalMs`, until `close`. A look that fails is logged, and the next one comes all the same. Idempotent. */
  start(): void;
  /**
   * Looks now: takes a sample of every group and tells how each does. Calls at the same time share one look. Every call is a sample, so with `start` there is no
   * need to call it: `latest` tells what was found.
   * @throws KafkaError, TimedOutError (`TIMED_OUT`), ClosedError (`CLOSED`); AbortedError (`ABORTED`) ends the caller's wait only
   */
  look(options?: { readonly signal?: AbortSignal }): Promise<readonly GroupReport[]>;
  /** What the last look that succeeded has found; empty before. `at` tells how old it is. */
  latest(): readonly GroupReport[];
  /**
   * How far any group is behind now, in records, by `topic-partition`: `max(0, end - committed)`, 0 where the end cannot be told. Takes no sample.
   * @throws KafkaError, AbortedError (`ABORTED`), ClosedError (`CLOSED`)
   */
  lagOf(group: string, options?: { readonly signal?: AbortSignal }): Promise<Readonly<Record<string, number>>>;
  /** Ends a look that is under way, and stops. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
