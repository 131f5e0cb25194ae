import type { KafkaRecord, TopicPartition } from "../record.ts";

/**
 * How a group's leader hands partitions out: Java's assignors by their names, and kafkajs's only one. With `cooperative-sticky` members keep what they hold
 * while the group rebalances (KIP-429).
 */
export type AssignorName = "range" | "roundrobin" | "sticky" | "cooperative-sticky" | "RoundRobinAssigner";

/** What a consumer reads: topics by name, every topic whose whole name matches, or partitions that `assign` names. */
export type ConsumerSubscription = { readonly topics: readonly string[] } | { readonly pattern: RegExp } | "assigned";

/** How a driver's consumer takes part in its group and fetches. */
export interface DriverConsumerSettings {
  /** Kafka: `group.id`. null: there is no group, nothing can be committed, and the subscription is "assigned". */
  readonly group: string | null;
  /** With a pattern, topics that are made later are found when metadata is refreshed. */
  readonly subscription: ConsumerSubscription;
  /** Of a static member (KIP-345): one that is gone for less than the session comes back to what it held. Kafka: `group.instance.id`. */
  readonly groupInstanceId: string | null;
  /** In order of preference; the group takes one that every member names. Kafka: `partition.assignment.strategy`. */
  readonly assignors: readonly AssignorName[];
  /** How often it is looked whether topics came or grew. Kafka: `metadata.max.age.ms`. */
  readonly metadataMaxAgeMs: number;
  /** Kafka: `isolation.level`. */
  readonly isolation: "read_committed" | "read_uncommitted";
  /** Kafka: `session.timeout.ms`. */
  readonly sessionTimeoutMs: number;
  /** Longest time a rebalance waits for this member. Kafka: `max.poll.interval.ms` as rebalance time-out. */
  readonly rebalanceTimeoutMs: number;
  /** Kafka: `heartbeat.interval.ms`. Heartbeats go on while handlers run. */
  readonly heartbeatIntervalMs: number;
  /** Kafka: `fetch.max.wait.ms`. */
  readonly fetchMaxWaitMs: number;
  /** Kafka: `fetch.min.bytes`. */
  readonly fetchMinBytes: number;
  /** Kafka: `fetch.max.bytes`. */
  readonly fetchMaxBytes: number;
  /** Kafka: `max.partition.fetch.bytes`. */
  readonly maxPartitionFetchBytes: number;
}

/** The membership under which partitions are held and commits are sent. Without a group: `""` and -1. */
export interface GroupMembership {
  readonly memberId: string;
  readonly generationId: number;
  /** Of a static member. Kafka: `group.instance.id`. */
  readonly groupInstanceId?: string | null;
}

/** A membership as it was just joined. */
export interface JoinedMembership extends GroupMembership {
  /** Whether this member computed the assignment of this generation. */
  readonly isLeader: boolean;
  /** The assignor that the group chose; null without a group. */
  readonly protocol: string | null;
}

/** An offset in a group, with the text that was stored beside it. */
export interface CommittedOffset extends TopicPartition {
  /** Next offset to read; -1 when the group has none. */
  readonly offset: number;
  readonly metadata: string | null;
}

/** Where to start reading a partition. */
export interface StartPosition extends TopicPartition {
  readonly offset: number;
}

/** What one fetch brought for one partition. */
export interface FetchedBatch extends TopicPartition {
  /** The position that was asked for. The port drops a batch whose position is no longer the one it expects (after a seek). */
  readonly fetchOffset: number;
  /**
   * Data records at or above `fetchOffset`, ascending. May be empty: control records, aborted transactions and compacted gaps have offsets but no records.
   */
  readonly records: readonly KafkaRecord[];
  /** Position after everything that the fetch covered, gaps included; above `fetchOffset`. */
  readonly nextOffset: number;
  readonly highWatermark: number;
  /** How long the broker took to answer, its waiting for data included, in milliseconds. */
  readonly fetchMs?: number;
}

/** What a driver's consumer tells the port. */
export interface DriverConsumerHandlers {
  /**
   * The group was joined again while partitions were held (cooperative rebalancing): those that are not revoked next stay, under this membership. May be
   * called more than once for a generation: each time, commits that were refused are worth another try.
   */
  renewed(membership: JoinedMembership): void;
  /**
   * The member now holds these partitions, beside those that it was told to keep. Awaited before the first fetch; answers where each starts.
   * With cooperative rebalancing, and with `assign`, only the added partitions are named.
   */
  assigned(membership: JoinedMembership, partitions: readonly TopicPartition[]): Promise<readonly StartPosition[]>;
  /**
   * These partitions are about to go (`rebalance`, `close`) or are already gone (`lost`: the session ended, another member may own them).
   * Awaited before the group is joined again or left; commits made inside it still carry the old generation.
   */
  revoked(partitions: readonly TopicPartition[], reason: "rebalance" | "close" | "lost"): Promise<void>;
  /** Data arrived. The driver fetches more of this partition only after the promise settles, and goes on with the other partitions meanwhile. */
  batch(batch: FetchedBatch): Promise<void>;
  /** The position lies outside the log. Answers where to go on; a rejection stops the consumer with that error. */
  outOfRange(position: StartPosition): Promise<number>;
  /** The coordinator has answered that the membership stands, or a leader what was asked of a partition, be it that there is nothing new. */
  answered?(request: "heartbeat" | "fetch"): void;
  /** The consumer stopped and will not come back. */
  failed(error: Error): void;
}

/** A member of a consumer group, started when its promise resolves (joined, or at least joining). */
export interface DriverConsumer {
  /**
   * Holds these partitions and no others, without a group's leave: `revoked` is called for those that go, `assigned` for those that come, with the
   * membership `""` and -1. Resolves when both have settled. Only with the subscription "assigned".
   */
  assign(partitions: readonly TopicPartition[]): Promise<void>;
  /** Moves a partition that is held; the next batch delivered for it has this `fetchOffset`. */
  seek(position: StartPosition): void;
  /** The group's stored offsets. */
  committed(partitions: readonly TopicPartition[]): Promise<readonly CommittedOffset[]>;
  /**
   * Commits under the membership given, not under the current one. Sent once.
   * @throws KafkaError `COMMIT_STALE` when the broker no longer accepts that membership; another KafkaError otherwise.
   */
  commit(offsets: readonly CommittedOffset[], membership: GroupMembership): Promise<void>;
  /**
   * First offset in the log (`earliest`), the end of what may be read (`latest`), or the first offset at or after a timestamp (milliseconds; -1 when there is
   * none). With `read_committed` the end is the begin of the oldest open transaction, else the next offset to be written, as Kafka's own consumer has it for
   * `endOffsets`, `currentLag` and `auto.offset.reset`. Without `isolation`, the consumer's.
   */
  offsets(
    partitions: readonly TopicPartition[],
    at: "earliest" | "latest" | number,
    isolation?: DriverConsumerSettings["isolation"],
  ): Promise<readonly StartPosition[]>;
  /** Calls `revoked` with `close`, leaves the group unless the member is static, and stops. Idempotent. */
  close(): Promise<void>;
}
