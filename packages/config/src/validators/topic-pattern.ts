import { hasTopicNameCharacters, maxTopicNameLength } from "@millrace/core";

/** Patterns beyond these would make a name's check long. */
export const mostTopicPatterns = 100;

/** What is wrong with a pattern for topic names, as the rest of a sentence, or undefined. */
export function topicPatternProblem(pattern: string): string | undefined {
  if (pattern === "") return "must not be empty";
  if (pattern.length > maxTopicNameLength) return `must be at most ${maxTopicNameLength} characters`;
  if (!hasTopicNameCharacters(pattern.replaceAll("*", ""))) return "must hold characters of topic names, and stars";
  return /\*\*./.test(pattern) ? "must have ** at its end only" : undefined;
}

/**
 * A pattern for topic names: `*` stands for any characters but dots (`orders.*` is `orders.placed`, not `orders.eu.placed`), and `**` at the end for any
 * characters. Compares part by part without ever going back, which regular expressions do not promise.
 */
export function matchesTopicPattern(name: string, pattern: string): boolean {
  const isOpen = pattern.endsWith("**");
  const wanted = (isOpen ? pattern.slice(0, -1) : pattern).split(".");
  const parts = name.split(".");
  if (isOpen ? parts.length < wanted.length : parts.length !== wanted.length) return false;
  return wanted.every((part, index) => matchesPart(parts[index] ?? "", part));
}

/** Where the first and the last piece stand is given; each one between them is best where it comes first. */
function matchesPart(text: string, pattern: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return text === first;
  const end = text.length - last.length;
  let position = first.length;
  if (position > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  for (const piece of others) {
    const start = text.indexOf(piece, position);
    if (start < 0) return false;
    position = start + piece.length;
    if (position > end) return false;
  }
  return true;
}
