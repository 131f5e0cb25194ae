import { type AnyTopic, topicConfigs } from "@millrace/topics";
import type { TopicDescription } from "../driver/admin-topics.ts";

/** One thing in which a topic is not as it was declared. */
export type TopicDifference =
  | { readonly kind: "partitions" | "replication"; readonly actual: number; readonly declared: number }
  | { readonly kind: "config"; readonly name: string; readonly actual: string | null; readonly declared: string };

/** What differs between a declared topic and the one in the cluster. What the topic does not declare is not compared. */
export function compareTopic(
  declared: AnyTopic,
  found: TopicDescription,
  configs: Readonly<Record<string, string | null>> | undefined,
  brokerCount: number,
): readonly TopicDifference[] {
  const differences: TopicDifference[] = [];
  const { partitions, replicationFactor } = declared;
  if (partitions !== undefined && partitions !== found.partitionCount) {
    differences.push({ kind: "partitions", actual: found.partitionCount, declared: partitions });
  }
  // One that was lowered for want of brokers is no difference, and neither is one from when there were more.
  const accepted = replicationFactor === undefined ? [] : [replicationFactor, Math.min(replicationFactor, brokerCount)];
  if (replicationFactor !== undefined && !accepted.includes(found.replicationFactor)) {
    differences.push({ kind: "replication", actual: found.replicationFactor, declared: replicationFactor });
  }
  for (const [name, value] of Object.entries(topicConfigs(declared))) {
    const actual = configs?.[name] ?? null;
    if (!isSameConfig(value, actual)) differences.push({ kind: "config", name, actual, declared: value });
  }
  return differences;
}

/** As a sentence. */
export function describeDifference(difference: TopicDifference): string {
  const { actual, declared } = difference;
  if (difference.kind === "config") return `${difference.name} is ${actual ?? "not set"}, ${declared} is declared`;
  if (difference.kind === "partitions") return `it has ${actual} partitions, ${declared} are declared`;
  return `its replication factor is ${actual}, ${declared} is declared`;
}

/** Lists such as `compact,delete` are the same in any order; brokers write numbers and truths their own way: `0.50` as `0.5`, `TRUE` as `true`. */
function isSameConfig(declared: string, actual: string | null): boolean {
  if (actual === null) return false;
  const parts = (text: string): string => text.split(",").map(plainPart).sort().join();
  return parts(declared) === parts(actual);
}

function plainPart(part: string): string {
  const text = part.trim();
  if (/^(true|false)$/i.test(text)) return text.toLowerCase();
  return /^-?[0-9]+\.[0-9]+$/.test(text) ? String(Number(text)) : text;
}
