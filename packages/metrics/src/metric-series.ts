import type { MeasurementAttributes } from "@millrace/core";
import type { Attributes } from "@opentelemetry/api";
import type { MetricDefinition } from "./metric-catalogue.ts";

/** One value of a metric. */
export interface Cell {
  readonly attributes: Attributes;
  value: number;
  /** Of a histogram, once something was recorded. */
  recorder?: (value: number) => void;
}

/** More series than this of one metric become one. Below OpenTelemetry's own limit of 2,000, beyond which sums that are only read lose what came before. */
const mostSeries = 1_900;
const overflow: Attributes = Object.freeze({ "otel.metric.overflow": true });
const none: MeasurementAttributes = Object.freeze({});

/**
 * The values of one metric. Counting costs a look-up; OpenTelemetry reads the sums when it collects, so that it need not look at attributes for every record.
 */
export class MetricSeries {
  readonly #names: readonly (readonly [given: string, name: string])[];
  /** By the object that the attributes came in, which callers reuse. */
  readonly #byObject = new WeakMap<object, Cell>();
  readonly #byContent = new Map<string, Cell>();

  constructor(definition: MetricDefinition) {
    this.#names = Object.entries(definition.attributes);
  }

  cell(attributes: MeasurementAttributes = none): Cell {
    let cell = this.#byObject.get(attributes);
    if (cell === undefined) {
      cell = this.#find(attributes);
      this.#byObject.set(attributes, cell);
    }
    return cell;
  }

  cells(): Iterable<Cell> {
    return this.#byContent.values();
  }

  #find(given: MeasurementAttributes): Cell {
    const attributes: Attributes = {};
    for (const [from, name] of this.#names) if (given[from] !== undefined) attributes[name] = given[from];
    const isFull = this.#byContent.size >= mostSeries;
    const content = JSON.stringify(attributes);
    const known = this.#byContent.get(content) ?? (isFull ? this.#byContent.get("") : undefined);
    if (known !== undefined) return known;
    const cell = { attributes: isFull ? overflow : Object.freeze(attributes), value: 0 };
    this.#byContent.set(isFull ? "" : content, cell);
    return cell;
  }
}
