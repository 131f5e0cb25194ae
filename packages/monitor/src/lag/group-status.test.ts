import { expect, test } from "vitest";
import { type GroupStatus, groupStatus } from "./group-status.ts";
import type { PartitionStatus } from "./partition-status.ts";

const rows: readonly (readonly [readonly PartitionStatus[], GroupStatus])[] = [
  [[], "unknown"],
  [["idle", "idle"], "idle"],
  [["idle", "paused"], "paused"],
  [["paused", "ok", "idle"], "ok"],
  [["ok", "unknown"], "unknown"],
  [["unknown", "warning"], "warning"],
  [["warning", "stopped"], "error"],
  [["idle", "stalled"], "error"],
  [["ok", "rewound"], "error"],
];

test("a group does as its worst partition does", () => {
  expect(rows.map(([partitions]) => groupStatus(partitions))).toEqual(rows.map(([, status]) => status));
});
