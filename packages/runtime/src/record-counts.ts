import type { Instrumentation, MeasurementAttributes } from "@millrace/core";
import type { SettledOutcome } from "./settle.ts";

type Counted = SettledOutcome | "retried" | "remembered";

const nothing: Readonly<Record<Counted, number>> = {
  handled: 0,
  retried: 0,
  "dead-lettered": 0,
  skipped: 0,
  parked: 0,
  moved: 0,
  dropped: 0,
  remembered: 0,
};
const countedNames = Object.keys(nothing) as readonly Counted[];

/** Counts what becomes of records. Instrumentation is told of many at once, since it costs more than counting. */
export class RecordCounts {
  readonly #instrumentation: Instrumentation;
  readonly #attributes: MeasurementAttributes;
  readonly #counts: Record<Counted, number> = { ...nothing };
  readonly #told: Record<Counted, number> = { ...nothing };

  constructor(instrumentation: Instrumentation, attributes: MeasurementAttributes) {
    this.#instrumentation = instrumentation;
    this.#attributes = attributes;
  }

  add(what: Counted, amount = 1): void {
    this.#counts[what] += amount;
  }

  of(what: Counted): number {
    return this.#counts[what];
  }

  /** Tells what has been counted since the last time. */
  tell(): void {
    for (const name of countedNames) {
      const amount = this.#counts[name] - this.#told[name];
      if (amount === 0) continue;
      this.#told[name] += amount;
      this.#instrumentation.count(`millrace.records.${name}`, amount, this.#attributes);
    }
  }
}
