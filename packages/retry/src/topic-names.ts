import { checkTopicName, escapeTopicPart } from "@millrace/topics";
import { RetryError } from "./retry-error.ts";

/** How a dead-letter topic is named after its source: `prefix` gives `dlq.{topic}` (Kafka's KIP-1191 default), `suffix` gives `{topic}.dead-letter`. */
export type DeadLetterNaming = "prefix" | "suffix";

const prefix = "dlq.";
const suffix = ".dead-letter";

/** Whether a name is that of a dead-letter topic, under either naming. */
export function isDeadLetterTopic(topic: string): boolean {
  return topic.startsWith(prefix) || topic.endsWith(suffix);
}

/**
 * The dead-letter topic of a topic. Several groups may share it: each letter names its group.
 * @default naming `prefix`
 * @throws RetryError (`RETRY_BAD_TOPIC_NAME`) when the topic is itself one for dead letters (there are no dead letters of dead letters) or the name grows too long.
 */
export function deadLetterTopicName(topic: string, naming: DeadLetterNaming = "prefix"): string {
  if (isDeadLetterTopic(topic)) {
    throw new RetryError({
      code: "RETRY_BAD_TOPIC_NAME",
      message: `"${topic}" is a dead-letter topic and gets none of its own; process it without the deadLetter option`,
    });
  }
  return legal(naming === "prefix" ? `${prefix}${topic}` : `${topic}${suffix}`, topic);
}

/**
 * The topic through which records come back to one group and to nobody else: `{topic}.retry.{group}`, the group escaped to legal characters and back without loss.
 * @throws RetryError (`RETRY_BAD_TOPIC_NAME`) when the name grows too long.
 */
export function retryTopicName(topic: string, group: string): string {
  return legal(`${topic}.retry.${escapeTopicPart(group)}`, topic);
}

/**
 * The topic in which records of one group wait for their round after so many failed ones, where each wait has a topic of its own: `{topic}.retry.{group}.{tier}`.
 * @param tier from 1
 * @throws RetryError (`RETRY_BAD_TOPIC_NAME`) when the name grows too long.
 */
export function retryTierTopicName(topic: string, group: string, tier: number): string {
  // No escaped group ends like this: a dot in it is followed by an underscore.
  return legal(`${retryTopicName(topic, group)}.${tier}`, topic);
}

/** Whether `name` is the retry topic of that topic and group, or one of its tiers. */
export function isRetryTopicOf(name: string, topic: string, group: string): boolean {
  const retryTopic = `${topic}.retry.${escapeTopicPart(group)}`;
  return name === retryTopic || (name.startsWith(`${retryTopic}.`) && /^[1-9]\d*$/.test(name.slice(retryTopic.length + 1)));
}

/**
 * The compacted topic that keeps what became of each dead letter: `{dead-letter topic}.audit`.
 * @throws RetryError (`RETRY_BAD_TOPIC_NAME`) when the name grows too long.
 */
export function auditTopicName(deadLetterTopic: string): string {
  return legal(`${deadLetterTopic}.audit`, deadLetterTopic);
}

function legal(name: string, source: string): string {
  const problems = checkTopicName(name);
  if (problems.length === 0) return name;
  throw new RetryError({
    code: "RETRY_BAD_TOPIC_NAME",
    message: `"${name}", made from topic "${source}", is not a legal topic name: ${problems.join("; ")}; use a shorter topic or group name`,
  });
}
