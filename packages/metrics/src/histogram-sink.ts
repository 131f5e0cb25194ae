import type { Attributes } from "@opentelemetry/api";
import type { MetricDefinition } from "./metric-catalogue.ts";

/** Where the values of histograms go instead of OpenTelemetry's instruments. */
export interface HistogramSink {
  /** A way to record into one series over and over. Called once for each. */
  recorder(definition: MetricDefinition, attributes: Attributes): (value: number) => void;
}
