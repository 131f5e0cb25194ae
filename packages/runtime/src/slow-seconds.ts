import type { Instrumentation, MeasurementAttributes } from "@millrace/core";
import { type SlowReason, type SlowSample, slowReason, slowReasons } from "./slow-reason.ts";

/** How the event loop fared since the last look. */
export interface LoopLook {
  /** Milliseconds since then. */
  readonly elapsedMs: number;
  /** Of these, how many the look came too late. */
  readonly lateMs: number;
  /** Which part of the time the loop was at work, from 0 to 1. */
  readonly utilization: number;
}

/** A timer that is late by less says nothing. */
const noticeableMs = 100;
/** A loop that rests less than a tenth of the time is what everything waits for. */
const busyUtilization = 0.9;

/** Counts, look by look, what a processor has waited for: every second has one reason. */
export class SlowSeconds {
  readonly #instrumentation: Instrumentation;
  readonly #attributes: Readonly<Record<SlowReason, MeasurementAttributes>>;
  readonly #seconds = byReason(() => 0);

  constructor(instrumentation: Instrumentation, attributes: MeasurementAttributes) {
    this.#instrumentation = instrumentation;
    this.#attributes = byReason((reason) => Object.freeze({ ...attributes, reason }));
  }

  get seconds(): Readonly<Record<SlowReason, number>> {
    return { ...this.#seconds };
  }

  look({ elapsedMs, lateMs, utilization }: LoopLook, sample: SlowSample): void {
    const blockedMs = utilization >= busyUtilization ? elapsedMs : lateMs >= noticeableMs ? Math.min(lateMs, elapsedMs) : 0;
    this.#add("event-loop-blocked", blockedMs);
    this.#add(slowReason(sample), elapsedMs - blockedMs);
  }

  #add(reason: SlowReason, ms: number): void {
    if (ms <= 0) return;
    this.#seconds[reason] += ms / 1_000;
    this.#instrumentation.count("millrace.slow.seconds", ms / 1_000, this.#attributes[reason]);
  }
}

function byReason<Value>(of: (reason: SlowReason) => Value): Record<SlowReason, Value> {
  return Object.fromEntries(slowReasons.map((reason) => [reason, of(reason)])) as Record<SlowReason, Value>;
}
