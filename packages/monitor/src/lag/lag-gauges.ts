import type { Instrumentation } from "@millrace/core";
import type { GroupReport } from "../group-report.ts";
import type { PartitionStatus } from "./partition-status.ts";

interface TopicLag {
  readonly group: string;
  readonly topic: string;
  records: number | null;
  timeMs: number | null;
}

const statuses: readonly PartitionStatus[] = ["ok", "idle", "paused", "warning", "rewound", "stalled", "stopped", "unknown"];

/**
 * States the gauges of a look, by group and topic: `millrace.lag.records`, the sum over the partitions, and `millrace.lag.seconds`, the longest; and by group and
 * status `millrace.lag.partitions`, how many there are. What cannot be told is not stated; what has gone since the look before is 0.
 */
export function stateLagGauges(instrumentation: Instrumentation, groups: readonly GroupReport[], before: readonly GroupReport[]): void {
  const now = lagsOf(groups);
  for (const [name, { group, topic }] of lagsOf(before))
    if (!now.has(name) && !hasProblem(groups, group)) now.set(name, { group, topic, records: 0, timeMs: 0 });
  for (const { group, topic, records, timeMs } of now.values()) {
    if (records !== null) instrumentation.gauge("millrace.lag.records", records, { group, topic });
    if (timeMs !== null) instrumentation.gauge("millrace.lag.seconds", timeMs / 1_000, { group, topic });
  }
  const named = new Map(groups.map((report) => [report.group, report]));
  for (const group of new Set([...named.keys(), ...before.map((report) => report.group)])) {
    if (hasProblem(groups, group)) continue;
    const found = named.get(group)?.partitions ?? [];
    for (const status of statuses) {
      const count = found.filter((report) => report.status === status).length;
      instrumentation.gauge("millrace.lag.partitions", count, { group, status });
    }
  }
}

function hasProblem(groups: readonly GroupReport[], group: string): boolean {
  return groups.some((report) => report.group === group && report.problem !== null);
}

function lagsOf(groups: readonly GroupReport[]): Map<string, TopicLag> {
  const lags = new Map<string, TopicLag>();
  for (const { group, partitions } of groups) {
    for (const { topic, records, timeMs } of partitions) {
      const name = `${group} ${topic}`;
      const lag = lags.get(name) ?? { group, topic, records: null, timeMs: null };
      if (records !== null) lag.records = (lag.records ?? 0) + records;
      if (timeMs !== null) lag.timeMs = Math.max(lag.timeMs ?? 0, timeMs);
      lags.set(name, lag);
    }
  }
  return lags;
}
