import { bytes } from "@millrace/serdes";
import { defineTopic, type Topic } from "@millrace/topics";
import { auditTopicName, type DeadLetterNaming, deadLetterTopicName, retryTopicName } from "./topic-names.ts";

/** What a group's processor needs beside its source topic. */
export interface RetryTopology {
  /** Where records end that cannot be handled. May be shared by groups. */
  readonly deadLetters: Topic<Buffer, Buffer>;
  /** Through which they come back to this group only; as many partitions as the source. */
  readonly retry: Topic<Buffer, Buffer>;
  /** What became of each dead letter. Compacted. */
  readonly audit: Topic<Buffer, Buffer>;
}

// Kafka's own default for max.message.bytes.
const defaultMaxMessageBytes = 1_048_588;
const storyBytes = 65_536;
const dayMs = 86_400_000;

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
}): RetryTopology {
  const { topic, group, partitions, replicationFactor, maxMessageBytes = defaultMaxMessageBytes, retentionMs = 30 * dayMs } = options;
  const deadLetterTopic = deadLetterTopicName(topic, options.naming);
  const plain = { key: bytes(), value: bytes(), partitions, replicationFactor } as const;
  return {
    deadLetters: defineTopic({
      ...plain,
      name: deadLetterTopic,
      retentionMs,
      cleanup: "delete",
      // A letter is at most four thirds of its original, and its story.
      maxMessageBytes: maxMessageBytes * 2 + storyBytes,
    }),
    retry: defineTopic({
      ...plain,
      name: retryTopicName(topic, group),
      retentionMs,
      cleanup: "delete",
      maxMessageBytes: maxMessageBytes + storyBytes,
    }),
    audit: defineTopic({ ...plain, name: auditTopicName(deadLetterTopic), partitions: 1, cleanup: "compact" }),
  };
}
