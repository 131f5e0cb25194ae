import { InvalidOptionsError, type Logger } from "@millrace/core";
import { type InstrumentationOptions, problemsOf } from "../create-instrumentation.ts";

/** What is told to whom about this process. */
export interface TelemetryOptions extends Omit<InstrumentationOptions, "tracer" | "meter" | "histograms"> {
  /** `service.name` of everything that is told. @default that of `resource`, else "millrace" */
  readonly serviceName?: string;
  /** More attributes of the resource, such as `service.version` or `deployment.environment.name`. */
  readonly resource?: Readonly<Record<string, string>>;
  /** Where spans and metrics are sent, over HTTP: `/v1/traces` and `/v1/metrics` below it. @default nowhere */
  readonly otlpEndpoint?: string;
  /** Headers of those requests, such as `authorization`. */
  readonly otlpHeaders?: Readonly<Record<string, string>>;
  /** The port of the page with metrics for Prometheus, `/metrics`; 0: any that is free. @default no page */
  readonly prometheusPort?: number;
  /** The address that the page listens on. @default "127.0.0.1" */
  readonly prometheusHost?: string;
  /** How often metrics are sent, in milliseconds. @default 60_000 */
  readonly exportIntervalMs?: number;
  /** The share of traces begun here that is kept, 0 to 1; one that began elsewhere is kept as it was there. @default 1 */
  readonly sampleRatio?: number;
  /** Told, as a warning, when something could not be sent. @default nobody */
  readonly logger?: Logger;
  /** How long `close` may take to send the rest, in milliseconds. @default 10_000 */
  readonly closeTimeoutMs?: number;
}

/** Options with what has a default filled in. */
export type ResolvedTelemetryOptions = TelemetryOptions &
  Required<Pick<TelemetryOptions, "serviceName" | "prometheusHost" | "exportIntervalMs" | "sampleRatio" | "closeTimeoutMs">>;

/** Defaults and bounds of numbers: what options are checked by, and the section of a configuration too. */
export const telemetryBounds: Readonly<
  Record<
    "prometheusPort" | "exportIntervalMs" | "sampleRatio" | "closeTimeoutMs",
    { readonly least: number; readonly most: number; readonly isWhole: boolean }
  >
> = {
  prometheusPort: { least: 0, most: 65_535, isWhole: true },
  exportIntervalMs: { least: 100, most: 2 ** 31 - 1, isWhole: true },
  sampleRatio: { least: 0, most: 1, isWhole: false },
  closeTimeoutMs: { least: 1, most: 2 ** 31 - 1, isWhole: true },
};

/**
 * Fills in and checks what is told to whom.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function resolveTelemetryOptions(options: TelemetryOptions): ResolvedTelemetryOptions {
  const problems = [...problemsOf(options)];
  for (const [name, { least, most, isWhole }] of Object.entries(telemetryBounds) as [
    keyof typeof telemetryBounds,
    (typeof telemetryBounds)["sampleRatio"],
  ][]) {
    const value = options[name];
    if (value === undefined) continue;
    if ((isWhole ? Number.isInteger(value) : Number.isFinite(value)) && value >= least && value <= most) continue;
    problems.push(`${name} must be ${isWhole ? "a whole number" : "a number"} from ${least} to ${most}, not ${value}`);
  }
  const { otlpEndpoint, serviceName = options.resource?.["service.name"] ?? "millrace" } = options;
  // Not the text itself: it may hold a password.
  if (otlpEndpoint !== undefined && !isHttp(otlpEndpoint)) problems.push("otlpEndpoint must be an address such as http://127.0.0.1:4318");
  if (serviceName === "") problems.push("serviceName must not be empty");
  if (problems.length > 0) throw new InvalidOptionsError("metrics", problems);
  return {
    ...options,
    serviceName,
    prometheusHost: options.prometheusHost ?? "127.0.0.1",
    exportIntervalMs: options.exportIntervalMs ?? 60_000,
    sampleRatio: options.sampleRatio ?? 1,
    closeTimeoutMs: options.closeTimeoutMs ?? 10_000,
  };
}

function isHttp(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:");
}
