export type { TelemetryOptions } from "../node/telemetry-options.ts";
export { type MetricsSettings, metrics } from "./metrics-section.ts";
