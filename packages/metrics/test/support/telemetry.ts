import { context, logs, metrics, propagation, trace } from "@opentelemetry/api";
import { AggregationTemporality, InMemoryMetricExporter, type MetricData, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { onTestFinished } from "vitest";

/** OpenTelemetry's SDK, with what it was told kept in memory. */
export interface TestTelemetry {
  /** Those that have ended, in that order. */
  spans(): readonly ReadableSpan[];
  metrics(): Promise<ReadonlyMap<string, MetricData>>;
  /** Lets the next one be started; done by itself at the end of the test. */
  stop(): Promise<void>;
}

export function startTestTelemetry(): TestTelemetry {
  const exporter = new InMemorySpanExporter();
  const reader = new PeriodicExportingMetricReader({
    exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
    exportIntervalMillis: 3_600_000,
  });
  const sdk = new NodeSDK({
    autoDetectResources: false,
    instrumentations: [],
    metricReaders: [reader],
    logRecordProcessors: [],
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  sdk.start();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= sdk.shutdown().then(() => {
      for (const api of [trace, metrics, context, propagation, logs]) api.disable();
    });
    return stopping;
  };
  onTestFinished(stop);
  return {
    spans: () => exporter.getFinishedSpans(),
    async metrics() {
      const { resourceMetrics, errors } = await reader.collect();
      if (errors.length > 0) throw new AggregateError(errors);
      return new Map(resourceMetrics.scopeMetrics.flatMap(({ metrics: all }) => all.map((metric) => [metric.descriptor.name, metric])));
    },
    stop,
  };
}
