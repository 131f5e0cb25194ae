import type { Clock, Logger, Random } from "@millrace/core";
import type { Compress, Decompress } from "./broker-settings.ts";
import type { BrokerNode } from "./node-directory.ts";

/** A topic that is there from the start. */
export interface TopicSeed {
  readonly name: string;
  /** @default `defaultPartitions` */
  readonly partitions?: number;
  /** Nodes that hold each partition. @default `defaultReplicationFactor` */
  readonly replicationFactor?: number;
  /** Topic configs by Kafka's names, such as `{ "max.message.bytes": "2000000" }`. */
  readonly configs?: Readonly<Record<string, string>>;
}

/** How a broker behaves. Everything has the default of Apache Kafka unless it says otherwise. */
export interface BrokerEngineOptions {
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Source of ids. @default Math.random */
  readonly random?: Random | undefined;
  /** @default silentLogger */
  readonly logger?: Logger | undefined;
  /** The brokers of the cluster; the first is the controller at first. @default one with id 1 at 127.0.0.1:9092 */
  readonly nodes?: readonly BrokerNode[] | undefined;
  readonly topics?: readonly TopicSeed[] | undefined;
  /** Makes a topic when a client asks for it. Kafka: `auto.create.topics.enable`. @default true */
  readonly autoCreateTopics?: boolean | undefined;
  /** Partitions of a topic that is made without saying how many. Kafka: `num.partitions`. @default 1 */
  readonly defaultPartitions?: number | undefined;
  /** Nodes that hold each partition of such a topic. Kafka: `default.replication.factor`, 1 there. @default 3, or as many as there are nodes */
  readonly defaultReplicationFactor?: number | undefined;
  /** Partitions of all topics together, as a bound on memory. @default 100_000 */
  readonly maxPartitions?: number | undefined;
  /** Largest batch. Kafka: `message.max.bytes`. @default 1_048_588 */
  readonly maxMessageBytes?: number | undefined;
  /**
   * Memory that the records of all topics may take. When it is used up, what retention allows to go does so at once; where that is not enough,
   * producers get POLICY_VIOLATION, which no client tries again. @default 1_073_741_824 (1 GiB)
   */
  readonly maxLogBytes?: number | undefined;
  /** How often it looks for records that may go. Kafka: `log.retention.check.interval.ms`. @default 300_000 */
  readonly logCheckIntervalMs?: number | undefined;
  /** Largest answer to a fetch. Kafka: `fetch.max.bytes`. @default 57_671_680 */
  readonly fetchMaxBytes?: number | undefined;
  /** Longest metadata of a committed offset. Kafka: `offset.metadata.max.bytes`. @default 4_096 */
  readonly offsetMetadataMaxBytes?: number | undefined;
  /** How long an idle producer's sequence numbers are remembered. Kafka: `producer.id.expiration.ms`. @default 86_400_000 */
  readonly producerExpirationMs?: number | undefined;
  readonly groups?: GroupOptions | undefined;
  readonly transactions?: TransactionOptions | undefined;
  /** Unpacks record batches, for `records()` and for finding records by time. @default gzip and zstd through node:zlib; others are not unpacked */
  readonly decompress?: Decompress | undefined;
  /** Packs what compaction has left of a compressed batch. @default gzip and zstd through node:zlib; others are left unpacked */
  readonly compress?: Compress | undefined;
}

/** How consumer groups behave. */
export interface GroupOptions {
  /** How long the first members of an empty group are waited for. Kafka: `group.initial.rebalance.delay.ms`, 3,000 there. @default 0 */
  readonly initialRebalanceDelayMs?: number | undefined;
  /** Kafka: `group.min.session.timeout.ms`. @default 6_000 */
  readonly minSessionTimeoutMs?: number | undefined;
  /** Kafka: `group.max.session.timeout.ms`. @default 1_800_000 */
  readonly maxSessionTimeoutMs?: number | undefined;
  /** Members of one group. Kafka: `group.max.size`. @default 10_000 */
  readonly maxSize?: number | undefined;
  /** How long offsets of an empty group are kept. Kafka: `offsets.retention.minutes`. @default 604_800_000 (seven days) */
  readonly offsetsRetentionMs?: number | undefined;
  /** How often it looks for what has expired. Kafka: `offsets.retention.check.interval.ms`. @default 600_000 */
  readonly offsetsCheckIntervalMs?: number | undefined;
}

/** How transactions behave. */
export interface TransactionOptions {
  /** Longest time-out that a producer may ask for. Kafka: `transaction.max.timeout.ms`. @default 900_000 (15 minutes) */
  readonly maxTimeoutMs?: number | undefined;
  /** How long a transactional id that is not used is remembered. Kafka: `transactional.id.expiration.ms`. @default 604_800_000 (seven days) */
  readonly idExpirationMs?: number | undefined;
}
