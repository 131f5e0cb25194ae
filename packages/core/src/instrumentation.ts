/** A messaging operation that has a beginning and an end. Names follow OpenTelemetry's messaging conventions. */
export interface Operation {
  readonly name: "send" | "poll" | "process" | "commit";
  readonly topic?: string;
  readonly partition?: number;
  readonly group?: string;
  readonly clientId?: string;
  /** Records in the batch; left out for a single record. */
  readonly messageCount?: number;
}

/** Ends an operation; `error` says that it failed. Call it once. */
export type EndOperation = (error?: unknown) => void;

/** Attributes of a measurement: few, of few values each. Reuse and freeze them. */
export type MeasurementAttributes = Readonly<Record<string, string | number | boolean>>;

/**
 * What packages call to be observed; `@millrace/metrics` turns it into traces and metrics. Implementations must not throw and must be cheap:
 * they run on the hot path, once per batch.
 */
export interface Instrumentation {
  begin(operation: Operation): EndOperation;
  /** Adds to a counter. */
  count(counter: string, amount: number, attributes?: MeasurementAttributes): void;
  /** States the current value of a gauge. */
  gauge(gauge: string, value: number, attributes?: MeasurementAttributes): void;
}

const endNothing: EndOperation = () => {};

/** Observes nothing: the default. */
export const noInstrumentation: Instrumentation = {
  begin: () => endNothing,
  count() {},
  gauge() {},
};
