import { metricCatalogue } from "./metric-catalogue.ts";
import { prometheusName } from "./prometheus-name.ts";

/** A table in Markdown of every metric: name, kind, unit, attributes, what it says, and its name in Prometheus. */
export function renderMetricsTable(): string {
  const rows = metricCatalogue.map(({ name, kind, unit, description, attributes, buckets }) => {
    const told = Object.values(attributes).map((attribute) => `\`${attribute}\``);
    const bounds = buckets === undefined ? "" : ` Buckets: ${buckets.join(", ")}.`;
    const inPrometheus = prometheusName({ name, unit, type: kind });
    return `| \`${name}\` | ${kind} | \`${unit}\` | ${told.join(", ") || "none"} | ${description}${bounds} | \`${inPrometheus}\` |`;
  });
  return ["| metric | kind | unit | attributes | what it says | in Prometheus |", "| --- | --- | --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}
