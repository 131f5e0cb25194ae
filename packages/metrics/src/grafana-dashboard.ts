import { seriesOf } from "./alert-rules.ts";
import { type MetricDefinition, metricCatalogue } from "./metric-catalogue.ts";
import { prometheusLabel } from "./prometheus-name.ts";

const width = 12;
const height = 8;
const source = { type: "prometheus", uid: "$datasource" } as const;
const units: Readonly<Record<string, string>> = { s: "s", By: "bytes" };

/** A dashboard for Grafana with a panel for each metric of the catalogue, as the object that its JSON is made of. */
export function grafanaDashboard(): Readonly<Record<string, unknown>> {
  const group = prometheusLabel("messaging.consumer.group.name");
  return {
    title: "millrace",
    uid: "millrace",
    tags: ["kafka", "millrace"],
    editable: true,
    schemaVersion: 39,
    time: { from: "now-1h", to: "now" },
    refresh: "30s",
    templating: {
      list: [
        { name: "datasource", type: "datasource", query: "prometheus", label: "Data source" },
        {
          name: "group",
          type: "query",
          label: "Group",
          datasource: source,
          query: `label_values(${seriesOf("messaging.client.consumed.messages")}, ${group})`,
          includeAll: true,
          allValue: ".*",
          multi: true,
          refresh: 2,
        },
      ],
    },
    panels: metricCatalogue.map((definition, index) => panelOf(definition, index)),
  };
}

function panelOf(definition: MetricDefinition, index: number): Readonly<Record<string, unknown>> {
  const { name, kind, unit, description } = definition;
  const shown = kind === "counter" && unit !== "s" ? "ops" : kind === "counter" ? "percentunit" : (units[unit] ?? "short");
  return {
    id: index + 1,
    title: name,
    description,
    type: "timeseries",
    datasource: source,
    gridPos: { h: height, w: width, x: (index % 2) * width, y: Math.floor(index / 2) * height },
    fieldConfig: { defaults: { unit: shown, min: 0, custom: { fillOpacity: 10, showPoints: "never" } }, overrides: [] },
    options: { legend: { displayMode: "table", placement: "bottom", calcs: ["mean", "max"] }, tooltip: { mode: "multi" } },
    targets: queriesOf(definition).map(([expr, legendFormat], target) => ({
      refId: String.fromCharCode(65 + target),
      datasource: source,
      expr,
      legendFormat,
    })),
  };
}

/** What a panel asks, and how it is labelled. */
function queriesOf({ name, kind, attributes }: MetricDefinition): readonly (readonly [expr: string, legend: string])[] {
  const series = seriesOf(name);
  const { system: _, type: _1, partition: _2, ...told } = attributes;
  const labels = Object.values(told).map(prometheusLabel);
  const filter = "group" in attributes ? `{${prometheusLabel("messaging.consumer.group.name")}=~"$group|"}` : "";
  const by = labels.length === 0 ? "" : ` by (${labels.join(", ")})`;
  const legend = labels.map((label) => `{{${label}}}`).join(" ");
  // Each monitor tells of whole groups.
  const over = name.startsWith("millrace.lag.") ? "max" : "sum";
  if (kind === "gauge") return [[`${over}${by} (${series}${filter})`, legend]];
  if (kind === "counter") return [[`sum${by} (rate(${series}${filter}[$__rate_interval]))`, legend]];
  const byBucket = ` by (${["le", ...labels].join(", ")})`;
  return [0.5, 0.95, 0.99].map(
    (share) =>
      [
        `histogram_quantile(${share}, sum${byBucket} (rate(${series}_bucket${filter}[$__rate_interval])))`,
        `p${share * 100} ${legend}`.trim(),
      ] as const,
  );
}
