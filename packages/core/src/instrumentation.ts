import type { Cancel } from "./clock.ts";

/** A message as instrumentation sees it: one that is about to be written, or one that was read. */
export interface ObservedMessage {
  readonly headers: readonly (readonly [name: string, value: Uint8Array | null])[];
  readonly key?: Uint8Array | null;
  /** null is a tombstone. */
  readonly value?: Uint8Array | null;
  /** Of one that was read. */
  readonly offset?: number;
}

/** A messaging operation that has a beginning and an end. Names follow OpenTelemetry's messaging conventions. */
export interface Operation {
  readonly name: "send" | "poll" | "process" | "commit";
  readonly topic?: string;
  readonly partition?: number;
  readonly group?: string;
  readonly clientId?: string;
  /** Records in the batch; left out for a single record. */
  readonly messageCount?: number;
  /** The messages themselves, from whose headers comes what the operation is linked to. Looked at while it begins, and not kept. */
  readonly messages?: readonly ObservedMessage[];
  /** How long ago it began, in milliseconds. @default 0 */
  readonly elapsedMs?: number;
}

/** The handling of records that came together. */
export interface Processing {
  /** Runs what begins to handle many of them, so that each need not be brought into their context by itself; says what `work` says. */
  together<T>(work: () => T): T;
  /** Whether a message is handled in the very context that `together` gives: where that is the current one, its attempts may begin without `attempt`. @default none is */
  isShared?(message: ObservedMessage): boolean;
  /** Begins an attempt to handle one of them: calls `work` at once, in the context that the message came with, and says what it says. `attempt` counts from 1. */
  attempt<T>(message: ObservedMessage, attempt: number, work: () => T): T;
  /** The attempt at a message that was begun last has ended, with everything that it had to wait for. */
  attempted(message: ObservedMessage, durationMs: number, failure?: { readonly error: unknown }): void;
  /** Does for one of them what follows an attempt, in the same context; says what `work` says. */
  within<T>(message: ObservedMessage, work: () => T): T;
  /** All of them have come to their end. Call it once. */
  end(): void;
}

/** One call that handles several records. */
export interface BatchProcessing {
  /** Makes the call, in the context of its own span, and says what it says. Call it once. */
  run<T>(call: () => T): T;
  /** Does for one of the records what follows the call, in the context that it came with; says what `work` says. */
  within<T>(message: ObservedMessage, work: () => T): T;
  /** The call has ended, with everything that it had to wait for. `failure`: it, or some of its records. Call it once. */
  ended(durationMs: number, failure?: { readonly error: unknown }): void;
}

/** Attributes of a measurement: few, of few values each. Reuse and freeze them. */
export type MeasurementAttributes = Readonly<Record<string, string | number | boolean>>;

/**
 * What packages call to be observed; `@millrace/metrics` turns it into traces and metrics. Implementations must not throw and must be cheap:
 * they run on the hot path, once per batch. What may be left out costs nothing when it is.
 */
export interface Instrumentation {
  /** What it answers ends the operation; `error` says that it failed. Call it once. */
  begin(operation: Operation): (error?: unknown) => void;
  /** Adds to a counter. */
  count(counter: string, amount: number, attributes?: MeasurementAttributes): void;
  /** States the current value of a gauge. */
  gauge(gauge: string, value: number, attributes?: MeasurementAttributes): void;
  /** Adds one value to a distribution: durations in seconds. */
  record?(histogram: string, value: number, attributes?: MeasurementAttributes): void;
  /** Reads a gauge whenever somebody looks, until it is cancelled. Of several with the same attributes the sum is shown. `read` must not throw. */
  observe?(gauge: string, read: () => number, attributes?: MeasurementAttributes): Cancel;
  /** Headers to write with a message, by which whoever reads it goes on with what its sender was doing. Called in the sender's context. */
  inject?(topic: string, message: ObservedMessage): readonly (readonly [name: string, value: string])[] | undefined;
  /** Begins the handling of records of one partition that came together. Undefined: nobody looks. */
  beginProcessing?(operation: Operation): Processing | undefined;
  /** Begins one call that handles several records of one partition. Undefined: nobody looks. */
  beginBatch?(operation: Operation): BatchProcessing | undefined;
}

const endNothing = (): void => {};

/** Observes nothing: the default. */
export const noInstrumentation: Instrumentation = {
  begin: () => endNothing,
  count() {},
  gauge() {},
};
