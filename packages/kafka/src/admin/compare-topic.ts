import { type AnyTopic, topicConfigs } from "@millrace/topics";
import type { TopicDescription } from "../driver/driver-admin.ts";

/** What differs between a declared topic and the one in the cluster, as sentences. What the topic does not declare is not compared. */
export function compareTopic(
  declared: AnyTopic,
  found: TopicDescription,
  configs: Readonly<Record<string, string | null>> | undefined,
): readonly string[] {
  const differences: string[] = [];
  if (declared.partitions !== undefined && declared.partitions !== found.partitions.length) {
    differences.push(`it has ${found.partitions.length} partitions, ${declared.partitions} are declared`);
  }
  const replicas = found.partitions[0]?.replicas.length;
  if (declared.replicationFactor !== undefined && replicas !== undefined && declared.replicationFactor !== replicas) {
    differences.push(`its replication factor is ${replicas}, ${declared.replicationFactor} is declared`);
  }
  for (const [name, value] of Object.entries(topicConfigs(declared))) {
    const actual = configs?.[name] ?? null;
    if (!isSameConfig(value, actual)) differences.push(`${name} is ${actual ?? "not set"}, ${value} is declared`);
  }
  return differences;
}

/** Lists such as `compact,delete` are the same in any order. */
function isSameConfig(declared: string, actual: string | null): boolean {
  if (actual === null) return false;
  const parts = (text: string): string =>
    text
      .split(",")
      .map((part) => part.trim())
      .sort()
      .join();
  return parts(declared) === parts(actual);
}
