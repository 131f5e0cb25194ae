import type { Kafka } from "@millrace/kafka";
import type { RedriveOptions } from "./redrive-options.ts";
import { isDeadLetterTopic, retryTopicName } from "./topic-names.ts";

/** Where letters are sent. */
export interface RedriveTarget {
  readonly topic: string;
  /** Whether the partition that a letter came from says where it goes; else its key does. `always`: a letter without one has no place. */
  readonly byOrigin: "always" | "where known" | "never";
}

/** Finds the target of a redrive, and what speaks against it. */
export function resolveTarget({ topic, group, to = "retry", allowedTopics }: RedriveOptions): RedriveTarget & {
  readonly problems: readonly string[];
} {
  const retryTopic = retryTopicName(topic, group);
  const target = to === "retry" ? retryTopic : to === "source" ? topic : to.topic;
  const problems: string[] = [];
  if (!(allowedTopics ?? [retryTopic]).includes(target)) {
    problems.push(
      `"${target}" may not be written to, and every group that reads it would see the letters again; if that is meant, name it in allowedTopics`,
    );
  }
  if (isDeadLetterTopic(target)) problems.push(`"${target}" is a dead-letter topic`);
  if (target !== retryTopic && target.startsWith(`${topic}.retry.`)) problems.push(`"${target}" is another group's retry topic`);
  return { topic: target, byOrigin: target === retryTopic ? "always" : target === topic ? "where known" : "never", problems };
}

/** The groups that read a topic, as far as the cluster knows: they have committed offsets there. */
export async function groupsReading(kafka: Kafka, topic: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const admin = kafka.admin();
  try {
    const readers: string[] = [];
    for (const { group, protocolType } of await admin.listGroups({ signal })) {
      if (protocolType !== "" && protocolType !== "consumer") continue;
      if ((await admin.groupOffsets(group, [topic], { signal })).some(({ offset }) => offset >= 0)) readers.push(group);
    }
    return readers.sort();
  } finally {
    await admin.close();
  }
}
