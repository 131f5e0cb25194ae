import { InvalidOptionsError } from "@millrace/core";
import type { SerdeDescriptor } from "@millrace/serdes";
import { quoteTopicName } from "./topic-name.ts";
import { checkTopicOptions } from "./topic-options.ts";

/** How a topic sheds old records. Kafka's `cleanup.policy`. */
export type CleanupPolicy = "delete" | "compact" | "compact,delete";

/** How keys and records are spread over a topic's partitions. */
export type PartitionStrategy = "java" | "sticky" | "round-robin";

/** What a topic is declared with. Settings that are left out are the broker's business. */
export interface TopicOptions<K, V> {
  /** 1 to 249 of the characters `a-z A-Z 0-9 . _ -`. */
  readonly name: string;
  /** How keys are written and read. */
  readonly key: SerdeDescriptor<K>;
  /** How values are written and read. */
  readonly value: SerdeDescriptor<V>;
  /** @default the broker's `num.partitions` */
  readonly partitions?: number | undefined;
  /** @default the broker's `default.replication.factor` */
  readonly replicationFactor?: number | undefined;
  /** How long records are kept, in milliseconds; -1 for ever. Kafka's `retention.ms`. */
  readonly retentionMs?: number | undefined;
  /** Kafka's `cleanup.policy`. */
  readonly cleanup?: CleanupPolicy | undefined;
  /** The largest record batch the topic takes, in bytes. Kafka's `max.message.bytes`. */
  readonly maxMessageBytes?: number | undefined;
  /**
   * How its records are spread over its partitions, by every producer that sends to this declaration, so that they all agree where a key is: `java` by
   * murmur2 of the key, `sticky` batch by batch, `round-robin` record by record. @default the producer's own
   */
  readonly partitioner?: PartitionStrategy | undefined;
  /** Further settings by Kafka's own names, such as `min.insync.replicas`. A setting that has an option above must not be repeated here. */
  readonly configs?: Readonly<Record<string, string>> | undefined;
  /** For people: catalogues, the command line and the dashboard show it. */
  readonly description?: string | undefined;
}

/**
 * A Kafka topic as a value: its name, how its keys and values are written, and the settings it is declared with. Bound to no client and to no address;
 * frozen, so that it can be shared freely.
 */
export interface Topic<K, V> {
  readonly name: string;
  readonly key: SerdeDescriptor<K>;
  readonly value: SerdeDescriptor<V>;
  readonly partitions: number | undefined;
  readonly replicationFactor: number | undefined;
  readonly retentionMs: number | undefined;
  readonly cleanup: CleanupPolicy | undefined;
  readonly maxMessageBytes: number | undefined;
  readonly partitioner: PartitionStrategy | undefined;
  readonly configs: Readonly<Record<string, string>>;
  readonly description: string | undefined;
}

/** The type of a topic's keys. */
export type KeyOf<T> = T extends Topic<infer K, infer _V> ? K : never;

/** The type of a topic's values. */
export type ValueOf<T> = T extends Topic<infer _K, infer V> ? V : never;

/**
 * Declares a topic. Nothing is created or contacted: the same value serves producers, consumers, the catalogue and whoever creates the topic.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every problem at once.
 */
export function defineTopic<K, V>(options: TopicOptions<K, V>): Topic<K, V> {
  const problems = checkTopicOptions(options);
  if (problems.length > 0) throw new InvalidOptionsError(`topic ${quoteTopicName((options as { name?: unknown } | null)?.name)}`, problems);
  return Object.freeze({
    name: options.name,
    key: options.key,
    value: options.value,
    partitions: options.partitions,
    replicationFactor: options.replicationFactor,
    retentionMs: options.retentionMs,
    cleanup: options.cleanup,
    maxMessageBytes: options.maxMessageBytes,
    partitioner: options.partitioner,
    configs: Object.freeze({ ...options.configs }),
    description: options.description,
  });
}
