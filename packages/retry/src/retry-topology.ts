import { bytes } from "@millrace/serdes";
import { defineTopic, type Topic } from "@millrace/topics";
import { auditTopicName, type DeadLetterNaming, deadLetterTopicName, retryTierTopicName, retryTopicName } from "./topic-names.ts";

/** What a group's processor needs beside its source topic. */
export interface RetryTopology {
  /** Where records end that cannot be handled. May be shared by groups. */
  readonly deadLetters: Topic<Buffer, Buffer>;
  /** Through which they come back to this group only; as many partitions as the source. */
  readonly retry: Topic<Buffer, Buffer>;
  /** Where records wait for their next rounds, one topic for each wait; as many partitions as the source. */
  readonly tiers: readonly Topic<Buffer, Buffer>[];
  /** What became of each dead letter. Compacted. */
  readonly audit: Topic<Buffer, Buffer>;
}

// Kafka's own default for max.message.bytes.
const defaultMaxMessageBytes = 1_048_588;
// A stack of 8,192 characters and a message of 4,096, kept twice, in JSON that escapes every one of them; rounded up.
const storyBytes = 131_072;
// Keys and values grow to four thirds, the key is there twice, and in JSON the smallest header takes six times its bytes on the wire. Nothing is set aside for
// it, so it costs nothing to allow the worst: a letter too large for its topic would stop its partition.
const largestGrowth = 8;
// max.message.bytes is a 32-bit number.
const largestSetting = 2 ** 31 - 1;

/** How long dead letters, and records in retry topics, are kept unless something else is said: 30 days. */
export const defaultRetentionMs: number = 30 * 86_400_000;

/**
 * Declares the topics around one source topic for one group. Nothing is created: give them to `admin.ensureTopics`.
 * @throws RetryError (`RETRY_BAD_TOPIC_NAME`)
 */
export function retryTopology(options: {
  readonly topic: string;
  readonly group: string;
  /** Partitions of the source topic. */
  readonly partitions: number;
  readonly replicationFactor?: number | undefined;
  /** The source's `max.message.bytes`. @default 1_048_588 */
  readonly maxMessageBytes?: number | undefined;
  /** How long dead letters are kept, in milliseconds. @default 30 days */
  readonly retentionMs?: number | undefined;
  readonly naming?: DeadLetterNaming | undefined;
  /** How many waits have a topic of their own. @default 0 */
  readonly tierCount?: number | undefined;
}): RetryTopology {
  const {
    topic,
    group,
    partitions,
    replicationFactor,
    maxMessageBytes = defaultMaxMessageBytes,
    retentionMs = defaultRetentionMs,
  } = options;
  const deadLetterTopic = deadLetterTopicName(topic, options.naming);
  const plain = { key: bytes(), value: bytes(), partitions, replicationFactor } as const;
  const waiting = {
    ...plain,
    retentionMs,
    cleanup: "delete",
    maxMessageBytes: Math.min(maxMessageBytes + storyBytes, largestSetting),
  } as const;
  return {
    deadLetters: defineTopic({
      ...plain,
      name: deadLetterTopic,
      retentionMs,
      cleanup: "delete",
      maxMessageBytes: Math.min(maxMessageBytes * largestGrowth + storyBytes, largestSetting),
    }),
    retry: defineTopic({ ...waiting, name: retryTopicName(topic, group) }),
    tiers: Array.from({ length: options.tierCount ?? 0 }, (_, index) =>
      defineTopic({ ...waiting, name: retryTierTopicName(topic, group, index + 1) }),
    ),
    audit: defineTopic({ ...plain, name: auditTopicName(deadLetterTopic), partitions: 1, cleanup: "compact" }),
  };
}
