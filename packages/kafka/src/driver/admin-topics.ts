import type { AclOperation } from "./access-control.ts";

/** A topic to be created. */
export interface NewTopic {
  readonly name: string;
  /** -1: the broker's `num.partitions`. @default -1 */
  readonly partitions?: number;
  /** -1: the broker's `default.replication.factor`. @default -1 */
  readonly replicationFactor?: number;
  /** The nodes that hold each partition, the preferred leader first; `partitions` and `replicationFactor` are left out then. */
  readonly assignments?: readonly (readonly number[])[];
  /** By Kafka's names, such as `retention.ms`. @default none: the broker's */
  readonly configs?: Readonly<Record<string, string>>;
}

/** What the cluster says about a topic. */
export interface TopicDescription {
  readonly name: string;
  /** Whether Kafka keeps it for itself, as `__consumer_offsets`. */
  readonly isInternal: boolean;
  readonly partitionCount: number;
  /** Replicas of the first partition. */
  readonly replicationFactor: number;
  /** What is wrong with a partition of it, by Kafka's name; null where nothing is. */
  readonly error: string | null;
  /** What the caller may do with it (KIP-430). null unless asked for, and from brokers before Kafka 2.3, which do not say. */
  readonly authorizedOperations: readonly AclOperation[] | null;
  /** By number. */
  readonly partitions: readonly {
    readonly partition: number;
    /** -1 while there is none. */
    readonly leader: number;
    readonly replicas: readonly number[];
    readonly inSyncReplicas: readonly number[];
    /** Such as `LEADER_NOT_AVAILABLE`. */
    readonly error: string | null;
  }[];
}
