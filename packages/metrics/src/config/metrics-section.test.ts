import { explain, formatExplanation, loadConfig, safeLoadConfig } from "@millrace/config";
import { expect, test } from "vitest";
import { metrics } from "./metrics-section.ts";

const prefixes = ["KAFKA_", "OTEL_"];

test("OpenTelemetry's own variables are read where their prefix is asked for", () => {
  const environment = {
    OTEL_SERVICE_NAME: "shop",
    OTEL_RESOURCE_ATTRIBUTES: "service.version=1.2, team=a%2Cb=c,",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20hunter2",
    OTEL_EXPORTER_PROMETHEUS_PORT: "9464",
    OTEL_METRIC_EXPORT_INTERVAL: "5000",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
    OTEL_SEMCONV_STABILITY_OPT_IN: "http,messaging/dup",
    KAFKA_METRICS_SPANS: "message",
  };
  expect(loadConfig({ sections: [metrics], environment, prefixes }).metrics).toEqual({
    serviceName: "shop",
    resource: { "service.version": "1.2", team: "a,b=c" },
    otlpEndpoint: "http://127.0.0.1:4318",
    otlpHeaders: { authorization: "Bearer hunter2" },
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

test.each(["nothing", "a=1,b", "=1", "a=%E0%A4%A"])("attributes of the resource cannot be %s", (given) => {
  const environment = { OTEL_RESOURCE_ATTRIBUTES: given, OTEL_EXPORTER_OTLP_HEADERS: "authorization: hunter2" };
  const { errors } = safeLoadConfig({ sections: [metrics], environment, prefixes });
  expect(errors.map(({ path, rule }) => [path, rule])).toEqual(
    ["metrics.resource", "metrics.otlpHeaders"].map((path) => [path, "must be texts by their names, or a list such as a=1,b=2"]),
  );
  expect(JSON.stringify(errors)).not.toContain("hunter2");
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
