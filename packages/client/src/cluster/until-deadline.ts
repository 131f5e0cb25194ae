import { type Clock, ClosedError, sleep, TimedOutError, withDeadline } from "@millrace/core";
import type { KafkaError } from "@millrace/kafka";
import { clientError, type ErrorContext } from "../client-error.ts";

/** How `untilDeadline` waits. */
export interface UntilDeadlineOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** What is being done, for errors. */
  readonly context: ErrorContext;
  /** Called before another attempt, to look again at what may have changed. What it throws is ignored. */
  readonly recover?: (error: KafkaError) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
  /** Aborts when the client is closed: nobody waits for another attempt then. */
  readonly closing?: AbortSignal | undefined;
  /** Before the second attempt; doubled each time up to half a second. @default 20 */
  readonly firstPauseMs?: number | undefined;
}

const longestPauseMs = 500;

/**
 * Repeats `work` while it fails for reasons that may pass, until it succeeds or the time is up.
 * @throws KafkaError the last failure, or `KAFKA_TIMED_OUT` when there was none; AbortedError
 */
export async function untilDeadline<T>(options: UntilDeadlineOptions, work: () => Promise<T>): Promise<T> {
  const { clock, timeoutMs, context, recover, signal, closing, firstPauseMs = 20 } = options;
  let last: KafkaError | undefined;
  const attempts = async (deadline: AbortSignal): Promise<T> => {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        return await work();
      } catch (error) {
        if (ClosedError.is(error)) throw error;
        last = clientError(error, context);
        if (!last.retryable) throw last;
      }
      deadline.throwIfAborted();
      await recover?.(last).catch(() => {});
      await sleepUnlessClosed(pauseMs, { clock, signal: deadline, closing });
    }
  };
  try {
    return await withDeadline(timeoutMs, attempts, { clock, signal, what: context.what });
  } catch (error) {
    if (TimedOutError.is(error) && last !== undefined) throw last;
    if (TimedOutError.is(error)) throw clientError(error, context);
    throw error;
  }
}

async function sleepUnlessClosed(
  pauseMs: number,
  { clock, signal, closing }: { readonly clock: Clock; readonly signal: AbortSignal; readonly closing: AbortSignal | undefined },
): Promise<void> {
  try {
    await sleep(pauseMs, { clock, signal: closing === undefined ? signal : AbortSignal.any([signal, closing]) });
  } catch (error) {
    if (closing?.aborted === true) throw new ClosedError("the connection");
    throw error;
  }
}
