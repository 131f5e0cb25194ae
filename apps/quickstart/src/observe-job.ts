import type { Instrumentation, Logger } from "@millrace/core";
import type { Kafka } from "@millrace/kafka";
import type { GroupReport, Monitor } from "@millrace/monitor";
import type { Report } from "./report.ts";

/** From one look at the group's lag to the next. */
const lookEveryMs = 500;
const timeoutMs = 10_000;

/** A job that is watched while it runs. */
export interface JobObservation {
  readonly instrumentation: Instrumentation;
  /** Begins to show how far the group is behind, whenever that has changed. */
  showLag(kafka: Kafka, group: string): void;
  /** Shows what the page says now, and how far the group is behind: for a job that is done. */
  conclude(signal: AbortSignal): Promise<void>;
  /** Ends the showing; `kafka` may be closed then. Idempotent. */
  stop(): Promise<void>;
  /** Ends the page. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a page for Prometheus on a free port of this machine, and says where it is; nothing is sent anywhere. What it takes is loaded here, so that a job that
 * nobody watches does without.
 */
export async function observeJob(options: { readonly report: Report; readonly logger: Logger }): Promise<JobObservation> {
  const { report, logger } = options;
  const [{ startTelemetry }, { createMonitor }] = await Promise.all([import("@millrace/metrics/node"), import("@millrace/monitor")]);
  const telemetry = await startTelemetry({ serviceName: "quickstart", prometheusPort: 0, spans: "none", logger });
  const { instrumentation, prometheusUrl } = telemetry;
  report.step(`Metrics for Prometheus: ${prometheusUrl}`);
  let monitor: Monitor | undefined;
  let shown: number | undefined;
  const show = ([group]: readonly GroupReport[]): void => {
    if (group === undefined || group.totalRecords === shown) return;
    shown = group.totalRecords;
    report.step(lagLine(group));
  };
  return {
    instrumentation,
    showLag(kafka, group) {
      monitor = createMonitor({ kafka, groups: [group], intervalMs: lookEveryMs, timeoutMs, onLook: show, instrumentation, logger });
      monitor.start();
    },
    async conclude(signal) {
      // A look that is under way may have begun before the last commit; the one after it has not.
      await monitor?.look({ signal });
      await monitor?.look({ signal });
      const figures = await readFigures(String(prometheusUrl), signal);
      report.step(`Metrics at the end: ${figures.handled} handled and ${figures.deadLettered} dead-lettered by this process`);
      for (const group of monitor?.latest() ?? []) report.step(lagLine(group));
    },
    stop: async () => monitor?.close(),
    close: () => telemetry.close(),
  };
}

function lagLine({ totalRecords, maxTimeMs }: GroupReport): string {
  return `lag ${totalRecords}${totalRecords === 0 || maxTimeMs === null ? "" : `, ${(maxTimeMs / 1_000).toFixed(1)} s behind`}`;
}

/** What a page of metrics says has become of records, over all topics. */
export function jobFigures(page: string): { readonly handled: number; readonly deadLettered: number } {
  const sum = (name: string): number =>
    page
      .split("\n")
      .filter((line) => line.startsWith(`${name}{`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" "))), 0);
  return { handled: sum("millrace_records_handled_total"), deadLettered: sum("millrace_records_dead_lettered_total") };
}

async function readFigures(url: string, signal: AbortSignal): Promise<ReturnType<typeof jobFigures>> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
  return jobFigures(await response.text());
}
