import { setMaxListeners } from "node:events";
import {
  AbortedError,
  type Clock,
  ClosedError,
  noRetry,
  type Random,
  type RetryPolicy,
  retry,
  TimedOutError,
  withDeadline,
} from "@millrace/core";
import { describeCall, type RegistryCall } from "./registry-endpoints.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryTransport } from "./registry-transport.ts";

/** How long and how often. */
export interface SenderSettings {
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly random: Random;
}

/** Limits of one call. */
export interface SendOptions {
  /** Left out for a call that many wait for: it goes on when one of them gives up. */
  readonly signal?: AbortSignal | undefined;
  /** One attempt within so many milliseconds, instead of what the settings say. */
  readonly onceWithinMs?: number | undefined;
}

/** Makes calls within deadlines, and repeats those that failed for a reason that may pass. */
export interface RegistrySender {
  /** @throws RegistryError; AbortedError (`ABORTED`) when the signal aborts; ClosedError (`CLOSED`) */
  send(call: RegistryCall, options?: SendOptions): Promise<unknown>;
  /** Ends what is under way. Idempotent. */
  close(): void;
}

/** A sender over any transport. It closes the transport. */
export function createRegistrySender(transport: RegistryTransport, settings: SenderSettings): RegistrySender {
  const { clock, random } = settings;
  const closed = new AbortController();
  // One listener per call under way, however many: not a leak.
  setMaxListeners(0, closed.signal);

  const attempt = async (call: RegistryCall, withinMs: number, signal: AbortSignal): Promise<unknown> => {
    const what = describeCall(call);
    try {
      return await withDeadline(withinMs, (deadline) => transport.attempt(call, deadline), { signal, clock, what });
    } catch (error) {
      throw TimedOutError.is(error) ? timedOut(what, withinMs, error) : error;
    }
  };

  return {
    async send(call, { signal, onceWithinMs } = {}) {
      if (closed.signal.aborted) throw new ClosedError("schema registry");
      const what = describeCall(call);
      const timeoutMs = onceWithinMs ?? settings.timeoutMs;
      const policy = onceWithinMs !== undefined || transport.repeats?.(call) === true ? noRetry : settings.retry;
      const shouldRetry = (error: unknown): boolean => RegistryError.is(error) && error.retryable;
      try {
        return await withDeadline(
          timeoutMs,
          (deadline) =>
            retry(() => attempt(call, onceWithinMs ?? settings.attemptTimeoutMs, deadline), policy, {
              clock,
              random,
              signal: deadline,
              shouldRetry,
            }),
          { signal: signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal]), clock, what },
        );
      } catch (error) {
        if (signal?.aborted === true && AbortedError.is(error)) throw error;
        if (closed.signal.aborted) throw new ClosedError("schema registry");
        throw TimedOutError.is(error) ? timedOut(what, timeoutMs, error) : error;
      }
    },
    close() {
      closed.abort();
      transport.close();
    },
  };
}

function timedOut(what: string, withinMs: number, cause: TimedOutError): RegistryError {
  return new RegistryError("REGISTRY_TIMEOUT", `the schema registry did not answer ${what} within ${withinMs} ms`, { cause });
}
