import type { GroupState, TopicPartition } from "@millrace/kafka";
import type { GroupStatus } from "./lag/group-status.ts";
import type { PartitionStatus } from "./lag/partition-status.ts";
import type { PartitionHolder } from "./lag/read-groups.ts";

/** How far a group is behind on a partition. null: it cannot be told. */
export interface PartitionReport extends TopicPartition {
  /** Next offset that the group will read; null: it has committed nothing. */
  readonly committed: number | null;
  /** First offset in the log. A committed offset below it means that records were deleted unread. */
  readonly start: number | null;
  /** Next offset to be written. */
  readonly end: number | null;
  /** Where readers of committed records stop: the begin of the oldest open transaction, or `end`. */
  readonly stableEnd: number | null;
  /** Offsets from `committed` to `end`, as Kafka's own tools count: control records, aborted records and gaps of compaction among them. */
  readonly records: number | null;
  /** Whether nothing is left that the group may read, whatever offsets are left. */
  readonly isCaughtUp: boolean | null;
  /** Age of the first record that the group has not committed, in milliseconds, by the record's timestamp and the monitor's clock; 0 when it is caught up. */
  readonly timeMs: number | null;
  /** The member that holds it. */
  readonly holder: PartitionHolder | null;
  readonly status: PartitionStatus;
}

/** How a group does. */
export interface GroupReport {
  readonly group: string;
  /** When it was looked at: milliseconds since the epoch. */
  readonly at: number;
  readonly state: GroupState;
  readonly status: GroupStatus;
  /** Share of the partitions that were watched for a whole window: 0 to 1. */
  readonly complete: number;
  /** Sum of what can be told. */
  readonly totalRecords: number;
  /** Of what can be told; null where nothing can. */
  readonly maxRecords: number | null;
  readonly maxTimeMs: number | null;
  /** Where the group has committed, or a member holds a partition; by topic and partition. */
  readonly partitions: readonly PartitionReport[];
  /** Why the group could not be read this time; its last samples are kept. */
  readonly problem: Error | null;
}
