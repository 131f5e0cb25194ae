import type { TopicPartition } from "../record.ts";
import type { CommittedOffset, StartPosition } from "./driver-consumer.ts";

/** A topic to be created. */
export interface NewTopic {
  readonly name: string;
  /** -1: the broker's `num.partitions`. */
  readonly partitions: number;
  /** -1: the broker's `default.replication.factor`. */
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** What the cluster says about a topic. */
export interface TopicDescription {
  readonly name: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly leader: number;
    readonly replicas: readonly number[];
    readonly inSyncReplicas: readonly number[];
  }[];
}

/** What the cluster says about a consumer group. */
export interface GroupDescription {
  readonly group: string;
  readonly state: string;
  readonly protocolType: string;
  readonly protocol: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly clientId: string;
    readonly clientHost: string;
    readonly assignment: readonly TopicPartition[];
  }[];
}

/** Asks and changes a cluster. Every call rejects with a KafkaError whose `kafkaError` is the broker's error name, where it gave one. */
export interface DriverAdmin {
  listTopics(): Promise<readonly string[]>;
  /** Topics that do not exist are left out. */
  describeTopics(names: readonly string[]): Promise<readonly TopicDescription[]>;
  /** Resolves with the names that were created; those that existed already are left out. */
  createTopics(
    topics: readonly NewTopic[],
    options: { readonly validateOnly: boolean; readonly timeoutMs: number },
  ): Promise<readonly string[]>;
  /** Topics that do not exist are no error. */
  deleteTopics(names: readonly string[], options: { readonly timeoutMs: number }): Promise<void>;
  createPartitions(topic: string, total: number): Promise<void>;
  describeTopicConfigs(names: readonly string[]): Promise<ReadonlyMap<string, Readonly<Record<string, string | null>>>>;
  listGroups(): Promise<readonly string[]>;
  describeGroups(groups: readonly string[]): Promise<readonly GroupDescription[]>;
  deleteGroups(groups: readonly string[]): Promise<void>;
  groupOffsets(group: string, topics: readonly string[]): Promise<readonly CommittedOffset[]>;
  setGroupOffsets(group: string, offsets: readonly CommittedOffset[]): Promise<void>;
  offsets(partitions: readonly TopicPartition[], at: "earliest" | "latest" | number): Promise<readonly StartPosition[]>;
  /** Deletes everything below the offset of each partition. */
  deleteRecords(before: readonly StartPosition[]): Promise<void>;
  close(): Promise<void>;
}
