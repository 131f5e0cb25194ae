import type { PartitionStatus } from "./partition-status.ts";

/** How a group does: as its worst partition. `error`: one has stopped, is stalled or was rewound. */
export type GroupStatus = "ok" | "idle" | "paused" | "warning" | "error" | "unknown";

const ofPartition: Readonly<Record<PartitionStatus, GroupStatus>> = {
  stopped: "error",
  stalled: "error",
  rewound: "error",
  warning: "warning",
  unknown: "unknown",
  ok: "ok",
  paused: "paused",
  idle: "idle",
};

const worstFirst: readonly GroupStatus[] = ["error", "warning", "unknown", "ok", "paused", "idle"];

/** The worst of its partitions' statuses; `unknown` without partitions. */
export function groupStatus(partitions: readonly PartitionStatus[]): GroupStatus {
  const statuses = new Set(partitions.map((status) => ofPartition[status]));
  return worstFirst.find((status) => statuses.has(status)) ?? "unknown";
}
