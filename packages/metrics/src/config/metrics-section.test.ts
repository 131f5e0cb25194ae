import { explain, formatExplanation, loadConfig, safeLoadConfig } from "@millrace/config";
import { expect, test } from "vitest";
import { metrics } from "./metrics-section.ts";

const prefixes = ["KAFKA_", "OTEL_"];

test("OpenTelemetry's own variables are read where their prefix is asked for", () => {
  const environment = {
    OTEL_SERVICE_NAME: "shop",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    OTEL_EXPORTER_PROMETHEUS_PORT: "9464",
    OTEL_METRIC_EXPORT_INTERVAL: "5000",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
    OTEL_SEMCONV_STABILITY_OPT_IN: "http,messaging/dup",
    KAFKA_METRICS_SPANS: "message",
  };
  expect(loadConfig({ sections: [metrics], environment, prefixes }).metrics).toEqual({
    serviceName: "shop",
    otlpEndpoint: "http://127.0.0.1:4318",
    prometheusPort: 9464,
    exportIntervalMs: 5_000,
    sampleRatio: 0.25,
    conventions: "both",
    spans: "message",
  });
});

test.each([
  ["messaging", "newest"],
  ["http", "newest"],
  ["messaging,messaging/dup", "both"],
  ["both", "both"],
  ["newest", "newest"],
])("OTEL_SEMCONV_STABILITY_OPT_IN=%s means %s", (given, conventions) => {
  const environment = { OTEL_SEMCONV_STABILITY_OPT_IN: given };
  expect(loadConfig({ sections: [metrics], environment, prefixes }).metrics.conventions).toBe(conventions);
});

test("what is wrong is reported as a whole, and headers are secret", () => {
  const { errors } = safeLoadConfig({
    sections: [metrics],
    environment: {},
    object: { metrics: { sampleRatio: 2, prometheusPort: 70_000, spans: "all" as "batch", otlpEndpoint: "nowhere" } },
  });
  expect(errors.map(({ path }) => path).toSorted()).toEqual([
    "metrics.otlpEndpoint",
    "metrics.prometheusPort",
    "metrics.sampleRatio",
    "metrics.spans",
  ]);
  const config = loadConfig({ sections: [metrics], environment: {}, object: { metrics: { otlpHeaders: { authorization: "hunter2" } } } });
  expect(formatExplanation(explain(config))).not.toContain("hunter2");
});
