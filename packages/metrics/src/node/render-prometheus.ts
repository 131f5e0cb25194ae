import type { Attributes } from "@opentelemetry/api";
import { DataPointType, type Histogram, type MetricData, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { type PrometheusType, prometheusLabel, prometheusName } from "../prometheus-name.ts";

interface Family {
  readonly type: PrometheusType;
  readonly lines: string[];
}

/** Writes metrics in Prometheus' text format, version 0.0.4. Exponential histograms have no form there and are left out. */
export function renderPrometheus({ resource, scopeMetrics }: ResourceMetrics): string {
  const families = new Map<string, Family>();
  const target = `target_info${labelsOf(resource.attributes)} 1`;
  families.set("target_info", { type: "gauge", lines: ["# HELP target_info Target metadata", "# TYPE target_info gauge", target] });
  for (const { scope, metrics } of scopeMetrics) {
    for (const metric of metrics) {
      const type = typeOf(metric);
      if (type === undefined) continue;
      const { unit, description } = metric.descriptor;
      const name = prometheusName({ name: metric.descriptor.name, unit, type });
      const family = families.get(name) ?? { type, lines: [`# HELP ${name} ${escapeHelp(description)}`, `# TYPE ${name} ${type}`] };
      // Two kinds of one name cannot stand on one page.
      if (family.type !== type) continue;
      families.set(name, family);
      for (const { attributes, value } of metric.dataPoints) {
        const labels = { ...attributes, "otel.scope.name": scope.name };
        if (type === "histogram") family.lines.push(...histogramLines(name, labels, value as Histogram));
        else family.lines.push(`${name}${labelsOf(labels)} ${numberOf(value as number)}`);
      }
    }
  }
  return `${[...families.values()].flatMap(({ lines }) => lines).join("\n")}\n`;
}

function typeOf(metric: MetricData): PrometheusType | undefined {
  if (metric.dataPointType === DataPointType.HISTOGRAM) return "histogram";
  if (metric.dataPointType === DataPointType.GAUGE) return "gauge";
  if (metric.dataPointType === DataPointType.SUM) return metric.isMonotonic ? "counter" : "gauge";
  return undefined;
}

function histogramLines(name: string, attributes: Attributes, { buckets, count, sum }: Histogram): string[] {
  const lines: string[] = [];
  let below = 0;
  for (const [index, boundary] of [...buckets.boundaries, Number.POSITIVE_INFINITY].entries()) {
    below += buckets.counts[index] ?? 0;
    lines.push(`${name}_bucket${labelsOf({ ...attributes, le: numberOf(boundary) })} ${below}`);
  }
  lines.push(`${name}_sum${labelsOf(attributes)} ${numberOf(sum ?? 0)}`, `${name}_count${labelsOf(attributes)} ${count}`);
  return lines;
}

function labelsOf(attributes: Attributes): string {
  const labels = new Map<string, string>();
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue;
    const name = prometheusLabel(key);
    const text = textOf(value);
    const other = labels.get(name);
    labels.set(name, other === undefined ? text : `${other};${text}`);
  }
  if (labels.size === 0) return "";
  return `{${[...labels].map(([name, text]) => `${name}="${escapeHelp(text).replaceAll('"', '\\"')}"`).join(",")}}`;
}

/** Whatever an application gave its own metrics: there is no form for all of it. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
