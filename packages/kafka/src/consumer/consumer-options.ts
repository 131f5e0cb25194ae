import type { AssignorName } from "../driver/driver-consumer.ts";

/** How a consumer takes part in its group and reads. Names of Kafka's own settings stand beside ours. */
export interface ConsumerOptions {
  /** Left out: the consumer is given partitions by `assign`, and nothing can be committed. Kafka: `group.id`. */
  readonly group?: string;
  /**
   * Makes the member a static one (KIP-345): closed and started again within the session it comes back to what it held, and nobody rebalances; `close` does
   * not leave the group. No two members of a group may have the same. Kafka: `group.instance.id`. @default none
   */
  readonly groupInstanceId?: string;
  /**
   * How partitions are handed out, in order of preference; the group takes one that every member offers. With `["cooperative-sticky"]`, partitions that stay
   * are read on during a rebalance; it cannot stand beside others. Kafka: `partition.assignment.strategy`. @default ["range", "RoundRobinAssigner"], which
   * members of Java and of plain kafkajs know
   */
  readonly assignors?: readonly AssignorName[];
  /** Where to start when the group has no offset, or its offset is no longer in the log. Kafka: `auto.offset.reset`. @default "latest" */
  readonly reset?: "earliest" | "latest" | "none";
  /** Kafka: `isolation.level`. @default "read_committed" */
  readonly isolation?: "read_committed" | "read_uncommitted";
  /** Kafka: `session.timeout.ms`. @default 30_000 */
  readonly sessionTimeoutMs?: number;
  /** Kafka: `heartbeat.interval.ms`; at most a third of the session. @default 3_000 */
  readonly heartbeatIntervalMs?: number;
  /** How long a rebalance waits for this member to finish. Kafka: rebalance time-out (`max.poll.interval.ms`). @default 60_000 */
  readonly rebalanceTimeoutMs?: number;
  /**
   * Commits what was handled so often, and when partitions go. 0: never, offsets are yours to commit. Nothing is committed before its handler has finished.
   * Kafka: `enable.auto.commit`, `auto.commit.interval.ms`. @default 0
   */
  readonly autoCommitMs?: number;
  /** Most records in one batch; what a fetch brought is handed over in parts. Kafka: `max.poll.records`. @default no limit */
  readonly maxBatchRecords?: number;
  /** A handler that runs longer ends the consumer with an error; `Infinity`: never. Kafka: `max.poll.interval.ms`. @default 300_000 */
  readonly maxProcessingMs?: number;
  /** How often it is looked whether topics came (with a pattern) or grew. Kafka: `metadata.max.age.ms`. @default 60_000 */
  readonly metadataMaxAgeMs?: number;
  /** Kafka: `fetch.max.wait.ms`. @default 500 */
  readonly fetchMaxWaitMs?: number;
  /** Kafka: `fetch.min.bytes`. @default 1 */
  readonly fetchMinBytes?: number;
  /** Kafka: `fetch.max.bytes`. @default 10_485_760 */
  readonly fetchMaxBytes?: number;
  /** Kafka: `max.partition.fetch.bytes`. @default 1_048_576 */
  readonly maxPartitionFetchBytes?: number;
}
