import { renderAlertRules } from "./alert-rules.ts";
import { grafanaDashboard } from "./grafana-dashboard.ts";
import { renderMetricsTable } from "./render-metrics-table.ts";

/** Files that are made out of the catalogue of metrics, by their names: a page of documentation, a dashboard for Grafana, alert rules for Prometheus. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["metrics.md", metricsPage()],
    ["metrics/grafana-dashboard.json", dashboardFile()],
    ["metrics/alert-rules.yml", renderAlertRules()],
  ]);
}

/** As formatters write it: short lists on one line. */
function dashboardFile(): string {
  const text = JSON.stringify(grafanaDashboard(), undefined, 2);
  return `${text.replace(/\[\s+("[^"\n]*"(?:,\s+"[^"\n]*")*)\s+\]/g, (_, items: string) => `[${items.replace(/,\s+/g, ", ")}]`)}\n`;
}

function metricsPage(): string {
  return `# Metrics

Every metric of [\`@millrace/metrics\`](../packages/metrics), made out of its catalogue, as are the [dashboard for Grafana](metrics/grafana-dashboard.json) and
the [alert rules for Prometheus](metrics/alert-rules.yml). The first four are OpenTelemetry's messaging conventions; \`messaging.destination.partition.id\` is there only with
\`partitions: true\`, \`error.type\` only where something failed. No attribute holds a key, an offset, an id or anything else of a message.

${renderMetricsTable()}
`;
}
