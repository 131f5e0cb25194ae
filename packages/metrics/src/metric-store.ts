import type { Cancel, MeasurementAttributes } from "@millrace/core";
import type { Attributes, BatchObservableResult, Meter, Observable } from "@opentelemetry/api";
import type { FaultReport } from "./fault-report.ts";
import type { HistogramSink } from "./histogram-sink.ts";
import type { MetricDefinition } from "./metric-catalogue.ts";
import { type Cell, MetricSeries } from "./metric-series.ts";

const recordNothing = (): void => {};

/** What metrics are measured with. */
export interface MetricStoreOptions {
  readonly meter: Meter;
  readonly sink?: HistogramSink | undefined;
  readonly report: FaultReport;
}

/** Values of all metrics of catalogues, with an instrument for each. What no catalogue names is not measured. */
export class MetricStore {
  readonly #series = new Map<string, MetricSeries>();
  readonly #histograms = new Map<string, (attributes: Attributes) => (value: number) => void>();
  readonly #observables = new Map<string, Observable>();
  readonly #readers = new Map<string, Set<{ readonly cell: Cell; readonly read: () => number }>>();
  readonly #meter: Meter;
  readonly #sink: HistogramSink | undefined;
  readonly #faults: FaultReport;
  #stop: Cancel = () => {};

  constructor({ meter, sink, report: faults }: MetricStoreOptions) {
    this.#meter = meter;
    this.#sink = sink;
    this.#faults = faults;
  }

  /** From now on these are measured, too. */
  add(catalogue: readonly MetricDefinition[]): void {
    const meter = this.#meter;
    const sink = this.#sink;
    const added = catalogue.filter(({ name }) => !this.#series.has(name));
    if (added.length === 0) return;
    for (const definition of added) {
      const { name, kind, unit, description, buckets } = definition;
      this.#series.set(name, new MetricSeries(definition));
      if (kind === "histogram" && sink !== undefined) this.#histograms.set(name, (attributes) => sink.recorder(definition, attributes));
      else if (kind === "histogram") {
        const advice = buckets === undefined ? {} : { advice: { explicitBucketBoundaries: [...buckets] } };
        const histogram = meter.createHistogram(name, { unit, description, ...advice });
        this.#histograms.set(name, (attributes) => this.#guarded((value) => histogram.record(value, attributes)));
      } else if (kind === "counter") this.#observables.set(name, meter.createObservableCounter(name, { unit, description }));
      else this.#observables.set(name, meter.createObservableGauge(name, { unit, description }));
    }
    this.#stop();
    const observables = [...this.#observables.values()];
    const report = (result: BatchObservableResult): void => this.#report(result);
    meter.addBatchObservableCallback(report, observables);
    this.#stop = () => meter.removeBatchObservableCallback(report, observables);
  }

  count(name: string, amount: number, attributes?: MeasurementAttributes): void {
    const cell = this.#series.get(name)?.cell(attributes);
    if (cell !== undefined) cell.value += amount;
  }

  gauge(name: string, value: number, attributes?: MeasurementAttributes): void {
    const cell = this.#series.get(name)?.cell(attributes);
    if (cell !== undefined) cell.value = value;
  }

  record(name: string, value: number, attributes?: MeasurementAttributes): void {
    this.recorder(name, attributes)(value);
  }

  /** A way to record into one series over and over. */
  recorder(name: string, attributes?: MeasurementAttributes): (value: number) => void {
    const create = this.#histograms.get(name);
    const cell = this.#series.get(name)?.cell(attributes);
    if (create === undefined || cell === undefined) return recordNothing;
    cell.recorder ??= create(cell.attributes);
    return cell.recorder;
  }

  observe(name: string, read: () => number, attributes?: MeasurementAttributes): Cancel {
    const cell = this.#series.get(name)?.cell(attributes);
    if (cell === undefined) return () => {};
    const reader = { cell, read };
    const readers = this.#readers.get(name) ?? new Set();
    this.#readers.set(name, readers.add(reader));
    return () => {
      readers.delete(reader);
    };
  }

  #guarded(record: (value: number) => void): (value: number) => void {
    return (value) => {
      try {
        record(value);
      } catch (fault) {
        this.#faults(fault);
      }
    };
  }

  /** Reports nothing any more. */
  close(): void {
    this.#stop();
    this.#readers.clear();
  }

  #report(result: BatchObservableResult): void {
    for (const [name, observable] of this.#observables) {
      const readers = this.#readers.get(name);
      if (readers === undefined) {
        for (const { value, attributes } of this.#series.get(name)?.cells() ?? []) result.observe(observable, value, attributes);
        continue;
      }
      const sums = new Map<Cell, number>();
      for (const { cell, read } of readers) {
        try {
          sums.set(cell, (sums.get(cell) ?? 0) + read());
        } catch (fault) {
          // The others are shown all the same.
          this.#faults(fault);
        }
      }
      for (const [cell, sum] of sums) result.observe(observable, sum, cell.attributes);
    }
  }
}
