import type { AnyTopic, Catalogue } from "@millrace/topics";
import type { TopicDescription } from "../driver/admin-topics.ts";
import type { AdminCallOptions, DriverAdmin } from "../driver/driver-admin.ts";
import type { TopicPartition } from "../record.ts";

/** How an admin client waits. */
export interface AdminOptions {
  /** How long a call may take, connecting and repetitions included, unless it says otherwise. Kafka: `default.api.timeout.ms`. @default 30_000 */
  readonly timeoutMs?: number;
}

/** What `ensureTopics` found, and did, for one declared topic. */
export interface TopicReport {
  readonly topic: string;
  readonly action: "created" | "verified" | "altered" | "differs" | "missing";
  /** What still differs from the declaration, as sentences; empty when nothing does. */
  readonly differences: readonly string[];
  /** What was changed, as sentences. */
  readonly changes: readonly string[];
  /** What was declared, and is not possible in this cluster. */
  readonly warnings: readonly string[];
}

/** Where a group is to stand, and in what. */
export interface OffsetReset extends AdminCallOptions {
  /** `time` is milliseconds since the epoch or a Date: the first record at or after it, or the end. An offset outside the log is moved to its nearer end. */
  readonly to: "beginning" | "end" | { readonly offset: number } | { readonly time: number | Date };
  /** All partitions of these. @default whatever the group has offsets for */
  readonly topics?: readonly string[];
  /** These alone. */
  readonly partitions?: readonly TopicPartition[];
  /** Tells what would be done, and does nothing. @default false */
  readonly dryRun?: boolean;
}

/** Asks and changes a cluster. Made by `kafka.admin()`; connects on first use. Once closed, every call rejects with ClosedError (`CLOSED`). */
export interface Admin extends DriverAdmin {
  /** A topic with its configs; null when there is none of that name. */
  describeTopic(
    name: string,
    call?: AdminCallOptions,
  ): Promise<(TopicDescription & { readonly configs: Readonly<Record<string, string | null>> }) | null>;
  /** Values of configs by topic and name. @throws KafkaError `KAFKA_UNKNOWN_TOPIC` */
  describeTopicConfigs(
    names: readonly string[],
    call?: AdminCallOptions,
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string | null>>>>;
  /**
   * Moves a group that has no members. Resolves with what changed for each partition: `from` is -1 where it had nothing, `clamped` says that
   * the offset asked for lies outside the log.
   * @throws KafkaError `GROUP_NOT_EMPTY`, in a dry run too; `KAFKA_UNKNOWN_TOPIC`, `KAFKA_INVALID_PARTITION`
   */
  resetOffsets(
    group: string,
    reset: OffsetReset,
  ): Promise<readonly (TopicPartition & { readonly from: number; readonly to: number; readonly clamped: boolean })[]>;
  /**
   * Compares declared topics with the cluster's, and reports every difference in partitions, replicas and configs. What a topic does not declare is not
   * compared. `create` (the default) makes those that are missing; `verify` only looks; `alter` also adds partitions and sets configs, and never takes
   * partitions away, moves replicas or unsets configs. A replication factor above the number of brokers is lowered to it, with a warning.
   * @throws KafkaError when there is no broker, or anything could not be done; what could be is done all the same
   */
  ensureTopics(
    topics: readonly AnyTopic[] | Catalogue,
    options?: AdminCallOptions & { readonly mode?: "create" | "verify" | "alter" },
  ): Promise<readonly TopicReport[]>;
  /** What this admin client has done so far. */
  statistics(): {
    readonly topicsCreated: number;
    readonly topicsDeleted: number;
    readonly topicsListed: number;
    /** Calls that rejected. */
    readonly failures: number;
    readonly lastError: unknown;
  };
  [Symbol.asyncDispose](): Promise<void>;
}
