export { type MetricsSettings, metrics } from "./metrics-section.ts";
