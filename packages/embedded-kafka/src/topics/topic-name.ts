import { hasTopicNameCharacters, maxTopicNameLength } from "@millrace/core";

/** What is wrong with a topic name, or `undefined`. Kafka's rules. */
export function topicNameProblem(name: string): string | undefined {
  if (name.length === 0) return "the topic name is empty";
  if (name === "." || name === "..") return `the topic name cannot be "${name}"`;
  if (name.length > maxTopicNameLength) return `the topic name has ${name.length} characters, more than ${maxTopicNameLength}`;
  if (!hasTopicNameCharacters(name)) return `the topic name "${name}" has characters other than ASCII letters, digits, ".", "_" and "-"`;
  return undefined;
}

/** Two names with the same key collide in metric names, so Kafka allows only one of them: `a.b` and `a_b`. */
export function collisionKey(name: string): string {
  return name.replaceAll(".", "_");
}
