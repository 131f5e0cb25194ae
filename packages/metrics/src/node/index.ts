export { type BulkHistograms, createBulkHistograms } from "./bulk-histograms.ts";
export { startTelemetry, type Telemetry } from "./start-telemetry.ts";
export type { TelemetryOptions } from "./telemetry-options.ts";
