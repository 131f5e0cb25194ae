import { type Clock, systemClock } from "@millrace/core";
import type { Middleware } from "../handler.ts";

/** Writes a line for each attempt: how long it took, and as a warning what it failed with. Where it was and which attempt it was stands in the line's fields. */
export function logging(
  options: {
    /** Of the lines about attempts that went well. @default "debug" */
    readonly level?: "debug" | "info";
    readonly clock?: Clock;
  } = {},
): Middleware {
  const { level = "debug", clock = systemClock } = options;
  return async (message, context, next) => {
    const began = clock.monotonic();
    const durationMs = (): number => Math.round(clock.monotonic() - began);
    try {
      await next(message, context);
    } catch (error) {
      context.logger.warn("record not handled", { duration_ms: durationMs(), error });
      throw error;
    }
    context.logger[level]("record handled", { duration_ms: durationMs() });
  };
}
