import { type Cancel, ClosedError, exponential, retry, sleep, withDeadline } from "@millrace/core";
import type { EntryOutcome } from "./outbox-entry.ts";
import { publishBatch } from "./publish-batch.ts";
import { type OutboxRelayOptions, resolveRelayOptions } from "./relay-options.ts";

/** What came of entries, each attempt counted. */
export interface RelayCounts {
  readonly published: number;
  /** Given up. */
  readonly failed: number;
  /** To be tried again. */
  readonly postponed: number;
}

/** One pass over a store. */
export interface RelayRound extends RelayCounts {
  /** False when another relay had the right to publish: then nothing was done. */
  readonly leased: boolean;
}

/** Publishes what outboxes have appended. */
export interface OutboxRelay {
  /** Publishes from now on, until `close`. A store or a broker that fails is tried again, with back-off. Idempotent. @throws ClosedError (`CLOSED`) */
  start(): void;
  /** Something was appended and committed: ends the rest of a relay that has been started. */
  wake(): void;
  /**
   * Publishes everything that is due, once, and resolves with what came of it: for programs that run now and then. Passes of one relay come one after another.
   * @throws ClosedError (`CLOSED`); else what the store rejects with
   */
  publishDue(): Promise<RelayRound>;
  /** Since it was made. */
  statistics(): RelayCounts;
  /**
   * Lets what is being sent finish, records it, and gives the right to publish up; goes away without that when the time is up. Idempotent. @default timeoutMs 30_000
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const patience = exponential({ attempts: Number.POSITIVE_INFINITY, initialMs: 500, maxMs: 30_000 });
/** How often what is recorded is tried again before its pass fails. */
const recordAttempts = exponential({ attempts: 8, initialMs: 100, maxMs: 10_000 });
const tidyEveryMs = 60_000;

/**
 * Makes a relay. Nothing is read before `start` or `publishDue`. Any number may work on one store, in any number of processes: one of them publishes, the others
 * take over when it is gone.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function createOutboxRelay(input: OutboxRelayOptions): OutboxRelay {
  const options = resolveRelayOptions(input);
  const { store, batchSize, pollMs, leaseMs, owner, keepPublishedMs, clock, random, logger, instrumentation } = options;
  const counts = { published: 0, failed: 0, postponed: 0 };
  const closing = new AbortController();
  let looping: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  let lastRound: Promise<unknown> = Promise.resolve();
  let tidiedAt = Number.NEGATIVE_INFINITY;
  let isWoken = false;
  let endRest = new AbortController();

  const record = async (outcomes: readonly EntryOutcome[]): Promise<void> => {
    if (outcomes.length === 0) return;
    // What is published and not recorded is published again.
    await retry(() => store.record(outcomes), recordAttempts, { clock, random });
    for (const { status } of outcomes) {
      const count = status === "pending" ? "postponed" : status;
      counts[count]++;
      instrumentation.count(`millrace.outbox.${count}`, 1);
    }
  };

  const drain = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const entries = await store.due(batchSize);
      if (entries.length === 0) break;
      await record(await publishBatch(entries, options, signal));
    }
    if (signal.aborted || clock.monotonic() - tidiedAt < tidyEveryMs) return;
    tidiedAt = clock.monotonic();
    await store.removePublished(keepPublishedMs);
  };

  const round = async (): Promise<RelayRound> => {
    const before = { ...counts };
    const leasedAt = clock.monotonic();
    const leased = await store.lease(owner, leaseMs);
    if (leased) {
      const lost = new AbortController();
      const renewing = renew(lost, leasedAt);
      try {
        await drain(AbortSignal.any([closing.signal, lost.signal]));
      } finally {
        renewing();
      }
    }
    return {
      leased,
      published: counts.published - before.published,
      failed: counts.failed - before.failed,
      postponed: counts.postponed - before.postponed,
    };
  };

  /** Renews the lease until it is told to end; where that fails for too long, another relay may have it. */
  const renew = (lost: AbortController, leasedAt: number): (() => void) => {
    let ended = false;
    // Whether the store answers or not.
    const expireAfter = (ms: number): Cancel => clock.schedule(ms, () => lost.abort());
    const ask = async (): Promise<void> => {
      const askedAt = clock.monotonic();
      try {
        if (!(await store.lease(owner, leaseMs))) lost.abort();
        else if (!ended) {
          expire();
          expire = expireAfter(askedAt + leaseMs - clock.monotonic());
        }
      } catch (error) {
        logger.warn("the lease of the outbox was not renewed", { owner, error });
      }
      if (!ended) cancel = clock.schedule(leaseMs / 3, () => void ask());
    };
    let cancel = clock.schedule(leaseMs / 3, () => void ask());
    let expire = expireAfter(leasedAt + leaseMs - clock.monotonic());
    return () => {
      ended = true;
      cancel();
      expire();
    };
  };

  const publishDue = (): Promise<RelayRound> => {
    if (closing.signal.aborted) return Promise.reject(new ClosedError("outbox relay"));
    const next = lastRound.then(round);
    lastRound = next.catch(() => undefined);
    return next;
  };

  const loop = async (): Promise<void> => {
    const { signal } = closing;
    while (!signal.aborted) {
      isWoken = false;
      await retry(publishDue, patience, {
        clock,
        random,
        signal,
        onRetry: ({ error, delayMs }) =>
          logger.error("the outbox cannot be read or written; tried again", { owner, delay_ms: delayMs, error }),
      }).catch(() => undefined);
      if (isWoken || signal.aborted) continue;
      endRest = new AbortController();
      await sleep(pollMs, { clock, signal: AbortSignal.any([signal, endRest.signal]) }).catch(() => undefined);
    }
  };

  const closeAll = async (timeoutMs: number): Promise<void> => {
    closing.abort();
    const ending = async (): Promise<void> => {
      await looping;
      await lastRound;
      await store.release(owner);
    };
    await withDeadline(timeoutMs, ending, { clock, what: "closing the outbox relay" }).catch((error: unknown) =>
      logger.warn("the outbox relay has not ended as it should: what it sent may be published again, and its lease has to run out", {
        owner,
        error,
      }),
    );
  };

  const close = ({ timeoutMs = 30_000 } = {}): Promise<void> => {
    closed ??= closeAll(timeoutMs);
    return closed;
  };

  return {
    start() {
      if (closing.signal.aborted) throw new ClosedError("outbox relay");
      looping ??= loop();
    },
    wake() {
      isWoken = true;
      endRest.abort();
    },
    publishDue,
    statistics: () => ({ ...counts }),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
