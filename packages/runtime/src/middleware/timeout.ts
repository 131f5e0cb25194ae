import { type Clock, InvalidOptionsError, withDeadline } from "@millrace/core";
import type { Middleware } from "../handler.ts";
import { contextWith } from "./context-with.ts";

/**
 * Fails an attempt that takes longer than this, in milliseconds, with `TIMED_OUT`, and aborts its signal; what lies further in shares the time. A handler that
 * ignores its signal goes on beside the next attempt. The processor's `handlerTimeoutMs` holds as well, and is looked at only once a second.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function timeout(ms: number, options: { readonly clock?: Clock } = {}): Middleware {
  if (!(ms > 0 && Number.isFinite(ms))) throw new InvalidOptionsError("timeout", [`the time must be a number above 0, not ${ms}`]);
  return (message, context, next) =>
    withDeadline(
      ms,
      (deadline) => {
        let signal: AbortSignal | undefined;
        return next(
          message,
          contextWith(context, {
            get signal() {
              signal ??= AbortSignal.any([context.signal, deadline]);
              return signal;
            },
          }),
        );
      },
      { clock: options.clock, what: `the handler of ${message.topic}/${message.partition} offset ${message.offset}` },
    );
}
