import { anyNumber, type ConfigSection, defineSection, wholeNumber } from "@millrace/config";
import { z } from "zod";
import { conventionChoices, spanChoices } from "../create-instrumentation.ts";
import { telemetryBounds as bounds, type TelemetryOptions } from "../node/telemetry-options.ts";

/** The values of the section `metrics`: options of `startTelemetry` and `createInstrumentation` that are plain data. */
export type MetricsSettings = Omit<TelemetryOptions, "logger">;

const about = (description: string): { readonly description: string } => ({ description });
const oneOf = (choices: readonly string[]): string => `must be one of ${choices.join(", ")}`;

/** The values of OTEL_SEMCONV_STABILITY_OPT_IN, a list in which this package's word is `messaging`. */
function conventionsOf(text: string): string {
  if ((conventionChoices as readonly string[]).includes(text)) return text;
  return text.split(",").some((word) => word.trim() === "messaging/dup") ? "both" : "newest";
}

/** The list that OpenTelemetry's variables hold, `name=value,name=value` with values as in an address; text that is none stays as it is. */
function readPairs(text: string): Readonly<Record<string, string>> | string {
  const pairs: [string, string][] = [];
  try {
    for (const item of text.split(",")) {
      const [, name, value] = /^\s*([^=\s]+)\s*=(.*)$/.exec(item) ?? [];
      if (name !== undefined && value !== undefined) pairs.push([name, decodeURIComponent(value.trim())]);
      else if (item.trim() !== "") return text;
    }
  } catch {
    return text;
  }
  return Object.fromEntries(pairs);
}

const mustBePairs = "must be texts by their names, or a list such as a=1,b=2";
const texts = z.record(z.string(), z.string(), mustBePairs);
const pairs = z.union([texts, z.string().transform(readPairs).pipe(texts)], mustBePairs);

const schema = z.strictObject({
  spans: z.enum(spanChoices, oneOf(spanChoices)).exactOptional().meta(about("what has a span of its own")),
  metrics: z.boolean("must be true or false").exactOptional().meta(about("whether metrics are measured")),
  partitions: z.boolean("must be true or false").exactOptional().meta(about("whether metrics tell partitions apart")),
  agentMetrics: z.boolean("must be true or false").exactOptional().meta(about("whether agent systems' names are counted, too")),
  conventions: z
    .string(oneOf(conventionChoices))
    .transform(conventionsOf)
    .pipe(z.enum(conventionChoices))
    .exactOptional()
    .meta(about("newest names alone, or older ones too")),
  conversationHeader: z
    .string("must be text")
    .min(1, "must not be empty")
    .exactOptional()
    .meta(about("the header with a conversation's id")),
  serviceName: z.string("must be text").min(1, "must not be empty").exactOptional().meta(about("service.name of this process")),
  resource: pairs.exactOptional().meta(about("more attributes of this process")),
  otlpEndpoint: z.url({ protocol: /^https?$/, error: "must be an address such as http://127.0.0.1:4318" }).exactOptional(),
  otlpHeaders: pairs.exactOptional().meta({ secret: true, description: "headers of what is sent there" }),
  prometheusPort: wholeNumber(bounds.prometheusPort, "port of the page for Prometheus").exactOptional(),
  prometheusHost: z.string("must be text").min(1, "must not be empty").exactOptional().meta(about("address of that page")),
  exportIntervalMs: wholeNumber(bounds.exportIntervalMs, "how often metrics are sent, in milliseconds").exactOptional(),
  sampleRatio: anyNumber(bounds.sampleRatio, "share of traces that is kept").exactOptional(),
  closeTimeoutMs: wholeNumber(bounds.closeTimeoutMs, "how long sending the rest may take, in milliseconds").exactOptional(),
});

/**
 * The section `metrics`: `startTelemetry(config.metrics)`. With `prefixes: ["KAFKA_", "OTEL_"]` OpenTelemetry's own variables are read, too: OTEL_SERVICE_NAME,
 * OTEL_RESOURCE_ATTRIBUTES, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_PROMETHEUS_PORT, OTEL_EXPORTER_PROMETHEUS_HOST, OTEL_METRIC_EXPORT_INTERVAL, OTEL_TRACES_SAMPLER_ARG and
 * OTEL_SEMCONV_STABILITY_OPT_IN.
 */
export const metrics: ConfigSection<MetricsSettings, "metrics"> = defineSection({
  name: "metrics",
  schema,
  environment: {
    SERVICE_NAME: "serviceName",
    RESOURCE_ATTRIBUTES: "resource",
    EXPORTER_OTLP_ENDPOINT: "otlpEndpoint",
    EXPORTER_OTLP_HEADERS: "otlpHeaders",
    EXPORTER_PROMETHEUS_PORT: "prometheusPort",
    EXPORTER_PROMETHEUS_HOST: "prometheusHost",
    METRIC_EXPORT_INTERVAL: "exportIntervalMs",
    TRACES_SAMPLER_ARG: "sampleRatio",
    SEMCONV_STABILITY_OPT_IN: "conventions",
  },
});
