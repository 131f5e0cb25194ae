import { InvalidOptionsError } from "@millrace/core";
import { checkTopicName, maxTopicNameLength } from "@millrace/topics";

/**
 * Refuses what can be no topic's name before anything is sent: a broker would be asked for it until the time is up. A name with `..` inside is refused too; Kafka
 * would take it, but where it comes from outside it is somebody's attempt to leave a folder.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function checkDestination(topic: string): void {
  const problems = problemsOf(topic);
  if (problems.length > 0) throw new InvalidOptionsError("topic", problems);
}

function problemsOf(topic: string): readonly string[] {
  if (typeof topic === "string" && topic.length > maxTopicNameLength) {
    return [`Topic name is too long (max ${maxTopicNameLength} characters), it has ${topic.length}`];
  }
  const problems = checkTopicName(topic);
  return problems.length === 0 && topic.includes("..") ? [`the name "${topic}" contains ".."`] : problems;
}
