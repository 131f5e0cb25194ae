export { agentMetricCatalogue } from "./agent-metric-catalogue.ts";
export { type AlertRule, alertRules, renderAlertRules } from "./alert-rules.ts";
export { type ComponentStep, type ComponentTracer, createComponentTracer, type StepOptions } from "./component-tracer.ts";
export {
  createInstrumentation,
  type InstrumentationOptions,
  instrumentationName,
  type MillraceInstrumentation,
} from "./create-instrumentation.ts";
export { generatedFiles } from "./generated-files.ts";
export { grafanaDashboard } from "./grafana-dashboard.ts";
export type { HistogramSink } from "./histogram-sink.ts";
export { type InstrumentKind, type MetricDefinition, metricCatalogue } from "./metric-catalogue.ts";
export { createPerformanceMonitor, type PerformanceFigures, type PerformanceMonitor } from "./performance-monitor.ts";
export { createRatesCollector, type Rates, type RatesSources } from "./rates-collector.ts";
export { renderMetricsTable } from "./render-metrics-table.ts";
export type { Conventions } from "./span-attributes.ts";
