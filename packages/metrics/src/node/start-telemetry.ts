import { silentLogger, withDeadline } from "@millrace/core";
import { context, DiagLogLevel, diag, logs, metrics, propagation, trace } from "@opentelemetry/api";
import { type IMetricReader, type MetricProducer, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor, ParentBasedSampler, type SpanProcessor, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace";
import { createInstrumentation, type MillraceInstrumentation } from "../create-instrumentation.ts";
import { createBulkHistograms } from "./bulk-histograms.ts";
import { createPrometheusPage } from "./prometheus-page.ts";
import { type ResolvedTelemetryOptions, resolveTelemetryOptions, type TelemetryOptions } from "./telemetry-options.ts";

/** How long OpenTelemetry's exporters wait. */
const usualExportTimeoutMs = 10_000;

/** A process that is observed. */
export interface Telemetry {
  /** For `createKafka` and `createRuntime`. */
  readonly instrumentation: MillraceInstrumentation;
  /** Where the page for Prometheus is; null without one. */
  readonly prometheusUrl: string | null;
  /**
   * Sends what has not been sent, within `closeTimeoutMs`, and ends. Idempotent. Close what is observed first. Never rejects: what cannot be sent is lost, and the
   * logger told.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts OpenTelemetry's SDK for this process and makes the instrumentation that goes with it: spans and metrics to `otlpEndpoint`, a page for Prometheus on
 * `prometheusPort`. Call it before anything else asks OpenTelemetry for a tracer or a meter, and once: the SDK is global. What was started is stopped when a part
 * of it cannot be.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`); what the server of the page failed with
 */
export async function startTelemetry(input: TelemetryOptions = {}): Promise<Telemetry> {
  const options = resolveTelemetryOptions(input);
  const { serviceName, resource = {}, sampleRatio, prometheusPort, prometheusHost: host, closeTimeoutMs, logger = silentLogger } = options;
  const histograms = createBulkHistograms();
  const page =
    prometheusPort === undefined ? undefined : createPrometheusPage({ host, port: prometheusPort, metricProducers: [histograms] });
  const { spanProcessors, metricReaders } = await otlpParts(options, [histograms]);
  const prometheusUrl = (await page?.listen()) ?? null;
  const attributes = { ...resource, "service.name": serviceName };
  const sdk = new NodeSDK({
    resourceDetectors: [{ detect: () => ({ attributes }) }],
    instrumentations: [],
    logRecordProcessors: [],
    metricReaders: page === undefined ? metricReaders : [...metricReaders, page.reader],
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors,
  });
  const tell = (message: string): void => logger.warn(`OpenTelemetry: ${message}`);
  diag.setLogger(
    { error: tell, warn: tell, info() {}, debug() {}, verbose() {} },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  sdk.start();
  const instrumentation = createInstrumentation({ ...options, histograms });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await page?.close();
    try {
      await withDeadline(closeTimeoutMs, () => sdk.shutdown(), { what: "sending the last spans and metrics" });
    } catch (error) {
      logger.warn("the last spans and metrics were not sent", { error });
    }
    instrumentation.close();
    // So that another can be started.
    for (const api of [trace, metrics, context, propagation, logs, diag]) api.disable();
  };
  const telemetry: Telemetry = {
    instrumentation,
    prometheusUrl,
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => telemetry.close(),
  };
  return telemetry;
}

async function otlpParts(
  { otlpEndpoint, otlpHeaders: headers = {}, exportIntervalMs: exportIntervalMillis, closeTimeoutMs }: ResolvedTelemetryOptions,
  metricProducers: MetricProducer[],
): Promise<{ readonly spanProcessors: SpanProcessor[]; readonly metricReaders: IMetricReader[] }> {
  if (otlpEndpoint === undefined) return { spanProcessors: [], metricReaders: [] };
  const base = otlpEndpoint.replace(/\/+$/, "");
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }] = await Promise.all([
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/exporter-metrics-otlp-http"),
  ]);
  // A collector that does not answer would else hold the process for longer than `close` may take.
  const timeoutMillis = Math.min(usualExportTimeoutMs, closeTimeoutMs);
  const spans = new OTLPTraceExporter({ url: `${base}/v1/traces`, headers, timeoutMillis });
  const exporter = new OTLPMetricExporter({ url: `${base}/v1/metrics`, headers, timeoutMillis });
  return {
    spanProcessors: [new BatchSpanProcessor({ exporter: spans })],
    metricReaders: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, metricProducers })],
  };
}
