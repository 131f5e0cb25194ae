/** OpenTelemetry, "Prometheus and OpenMetrics compatibility": units that are words in names. */
const unitWords: Readonly<Record<string, string>> = {
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
  min: "minutes",
  h: "hours",
  d: "days",
  By: "bytes",
  KiBy: "kibibytes",
  MiBy: "mebibytes",
  KBy: "kilobytes",
  MBy: "megabytes",
  V: "volts",
  Cel: "celsius",
  "%": "percent",
};

/** Kinds of metrics that Prometheus has. */
export type PrometheusType = "counter" | "gauge" | "histogram";

/** The name that a metric has in Prometheus: `messaging.process.duration` in `s` is `messaging_process_duration_seconds`. */
export function prometheusName({
  name,
  unit,
  type,
}: {
  readonly name: string;
  readonly unit: string;
  readonly type: PrometheusType;
}): string {
  const word = type === "gauge" && unit === "1" ? "ratio" : unitWords[unit];
  let result = name.replace(/[^a-zA-Z0-9_:]+/g, "_").replace(/_{2,}/g, "_");
  if (/^\d/.test(result)) result = `_${result}`;
  if (type === "counter") result = result.replace(/_total$/, "");
  if (word !== undefined && !result.split("_").includes(word)) result += `_${word}`;
  return type === "counter" ? `${result}_total` : result;
}

/** The name that an attribute has as a label: `messaging.destination.name` is `messaging_destination_name`. */
export function prometheusLabel(attribute: string): string {
  return attribute.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(\d)/, "_$1");
}
