import type { Clock } from "@millrace/core";
import { createRateLimit } from "@millrace/retry";
import type { Middleware } from "../handler.ts";

/**
 * Lets so many attempts a second begin, spread evenly, over all partitions of this process. The others wait in their order, hold their places among the running
 * ones, and thereby hold the source back; the wait counts as time of the handler. Processors that are given the same middleware share one limit.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function throttle(options: { readonly perSecond: number; readonly clock?: Clock }): Middleware {
  const limit = createRateLimit(options);
  return async (message, context, next) => {
    await limit.take({ signal: context.signal });
    await next(message, context);
  };
}
