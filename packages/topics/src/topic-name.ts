import { hasTopicNameCharacters, maxTopicNameLength } from "@millrace/core";

export { maxTopicNameLength };

const shownCharacters = 80;

/**
 * What is wrong with `name` as the name of a Kafka topic, one sentence per problem; empty when the broker would accept it.
 *
 * The rules are the broker's own: 1 to 249 of the characters `a-z A-Z 0-9 . _ -`, and neither `.` nor `..`. Names that begin with `__` are legal.
 * Never throws, whatever it is given.
 */
export function checkTopicName(name: unknown): readonly string[] {
  if (typeof name !== "string") return [`the name must be a string, not ${name === null ? "null" : typeof name}`];
  if (name === "") return ["the name is empty; a topic needs at least one character"];
  if (name === "." || name === "..") return [`the name must not be "${name}"`];
  const problems: string[] = [];
  if (name.length > maxTopicNameLength) {
    problems.push(`the name has ${name.length} characters; Kafka allows at most ${maxTopicNameLength}`);
  }
  if (!hasTopicNameCharacters(name)) {
    const illegal = [...new Set(name.match(/[^a-zA-Z0-9._-]/gu))].slice(0, 5).map((character) => JSON.stringify(character));
    problems.push(
      `the name contains ${illegal.join(", ")}; Kafka allows letters, digits, ".", "_" and "-" (escapeTopicPart makes any text legal)`,
    );
  }
  return problems;
}

/** Whether a Kafka broker accepts `name` as the name of a topic; `checkTopicName` says why not. */
export function isValidTopicName(name: unknown): name is string {
  return checkTopicName(name).length === 0;
}

/**
 * Names with the same key cannot live in one cluster: a broker turns "." into "_" in the names of its metrics and refuses to create the second one.
 */
export function collisionKey(name: string): string {
  return name.replaceAll(".", "_");
}

/** The name as it appears in a message: quoted, and cut when it is long. */
export function quoteTopicName(name: unknown): string {
  if (typeof name !== "string") return "without a name";
  return JSON.stringify(name.length > shownCharacters ? `${name.slice(0, shownCharacters)}...` : name);
}
