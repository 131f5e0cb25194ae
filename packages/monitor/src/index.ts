export { createMonitor } from "./create-monitor.ts";
export type { GroupReport, PartitionReport } from "./group-report.ts";
export type { GroupStatus } from "./lag/group-status.ts";
export type { PartitionStatus } from "./lag/partition-status.ts";
export type { PartitionHolder } from "./lag/read-groups.ts";
export type { Monitor } from "./monitor.ts";
export type { MonitorOptions } from "./monitor-options.ts";
