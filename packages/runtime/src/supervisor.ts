import { AbortedError, type Clock, decideRetry, type Logger, MillraceError, type Random, type RetryPolicy, sleep } from "@millrace/core";

/** Something that lives until it ends by itself or is closed. */
export interface Life {
  /** Resolves when it was closed; rejects with what ended it. */
  readonly stopped: Promise<void>;
  /** Since when it has been well, by the monotonic clock; undefined: not yet. */
  readonly wellSince: number | undefined;
  /** Begins it. Once. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** What a supervisor works with. */
export interface SupervisorParts<One extends Life> {
  create(): One;
  /** undefined: nothing is begun again. */
  readonly policy: RetryPolicy | undefined;
  /** Called once, with what ended the last life and is not to be mended by another one; undefined: it was closed by somebody. */
  ended(failure: { readonly error: unknown } | undefined): void;
  readonly group: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Why there is no life at the moment. */
export interface Interruption {
  readonly error: unknown;
  /** How often in a row. */
  readonly failures: number;
}

/** Keeps something alive. */
export interface Supervisor<One extends Life> {
  /** The one that lives, or lived last. */
  readonly current: One | undefined;
  /** Set between the end of a life and the next one that has begun. */
  readonly interruption: Interruption | undefined;
  readonly restarts: number;
  /** Since when, by the monotonic clock, no life has been well any more; undefined: the current one is, or none has failed. */
  readonly unwellSince: number | undefined;
  /** Begins the first life. A failure is the caller's. */
  start(): Promise<void>;
  /** Ends the life, and begins no other. Idempotent. */
  close(): Promise<void>;
}

/** One that was well for so long is healthy: failures before it no longer count. */
const healthyMs = 60_000;

/**
 * Begins a life again with growing waits when it was ended by a failure that may pass. Failures are counted until one life was healthy for a minute; when the
 * policy gives up, or the failure will not pass, it is told.
 */
export function createSupervisor<One extends Life>(parts: SupervisorParts<One>): Supervisor<One> {
  const { policy, group, clock, random, logger } = parts;
  const closing = new AbortController();
  let current: One | undefined;
  let interruption: Interruption | undefined;
  let restarts = 0;
  let failures = 0;
  let failingSince = 0;
  let unwellSince: number | undefined;
  let restarting: Promise<void> = Promise.resolve();
  let closed: Promise<void> | undefined;

  const begin = async (): Promise<void> => {
    const one = parts.create();
    current = one;
    // A failure before it has begun is reported by `start`.
    one.stopped.catch(() => undefined);
    try {
      await one.start();
    } catch (error) {
      await one.close().catch(() => undefined);
      throw error;
    }
    one.stopped.then(
      () => end(undefined),
      (error: unknown) => {
        restarting = recover(error);
      },
    );
  };

  const end = (failure: { readonly error: unknown } | undefined): void => {
    if (closing.signal.aborted) return;
    closing.abort();
    parts.ended(failure);
  };

  const recover = async (first: unknown): Promise<void> => {
    const now = clock.monotonic();
    const wellSince = current?.wellSince;
    if (wellSince !== undefined && now - wellSince >= healthyMs) failures = 0;
    if (wellSince !== undefined || unwellSince === undefined) unwellSince = now;
    for (let error = first; ; ) {
      if (closing.signal.aborted) return;
      if (failures === 0) failingSince = clock.monotonic();
      failures++;
      interruption = { error, failures };
      if (policy === undefined || !(MillraceError.is(error) && error.retryable)) return end({ error });
      const decision = decideRetry(policy, { attempt: failures, elapsedMs: clock.monotonic() - failingSince }, random);
      if (!decision.retry) {
        logger.error("consumer failed again and again, and is not started any more", { group, failures, error });
        return end({ error });
      }
      logger.warn("consumer failed, and is started again", { group, failures, delay_ms: decision.delayMs, error });
      try {
        await sleep(decision.delayMs, { clock, signal: closing.signal });
        await begin();
        interruption = undefined;
        restarts++;
        return;
      } catch (again) {
        if (AbortedError.is(again) && closing.signal.aborted) return;
        error = again;
      }
    }
  };

  const close = async (): Promise<void> => {
    closing.abort();
    await restarting;
    await current?.close();
  };

  return {
    get current() {
      return current;
    },
    get interruption() {
      return interruption;
    },
    get unwellSince() {
      return current?.wellSince === undefined || interruption !== undefined ? unwellSince : undefined;
    },
    get restarts() {
      return restarts;
    },
    start: begin,
    close() {
      closed ??= close();
      return closed;
    },
  };
}
