import { InvalidOptionsError } from "@millrace/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { validateTopicNames } from "./topic-names.ts";
import { matchesTopicPattern } from "./topic-pattern.ts";

test.each([
  ["__consumer_offsets", "System topic access attempted: __consumer_offsets"],
  ["__..;", "System topic access attempted: __..;"],
  ["../etc/passwd", "Path traversal attempt in topic: ../etc/passwd"],
  ["a..;b", "Path traversal attempt in topic: a..;b"],
  ["a;b", "Command injection characters in topic: a;b"],
  ["a&b", "Command injection characters in topic: a&b"],
  ["a|b", "Command injection characters in topic: a|b"],
  ["a`b", "Command injection characters in topic: a`b"],
  ["a$b", "Command injection characters in topic: a$b"],
  [`${"a".repeat(250)}$`, `Command injection characters in topic: ${"a".repeat(250)}$`],
  ["a".repeat(250), `Topic name too long: ${"a".repeat(250)}`],
  [`${"a".repeat(250)} `, `Topic name too long: ${"a".repeat(250)} `],
  ["a b", "Invalid topic name format: a b"],
  ["caf\u00e9", "Invalid topic name format: caf\u00e9"],
  ["", "Invalid topic name format: "],
  [".", "Invalid topic name format: ."],
])("[002-10] a bad topic name is told by its first fault: %j", (topic, issue) => {
  expect(validateTopicNames([topic])).toEqual({ is_valid: false, security_issues: [issue], sanitized_topics: [] });
  const good = ["orders", "a".repeat(249), "A.b_c-9"];
  expect(validateTopicNames([good[0], topic, good[1], good[2]])).toEqual({
    is_valid: false,
    security_issues: [issue],
    sanitized_topics: good,
  });
});

test("[002-11] system topics, the longest name and the patterns of names are settable", () => {
  expect(validateTopicNames(["__state"]).is_valid).toBe(false);
  expect(validateTopicNames(["__state"], { topicNames: { allowSystemTopics: false } }).is_valid).toBe(false);
  expect(validateTopicNames(["__state"], { topicNames: { allowSystemTopics: true } }).is_valid).toBe(true);
  const topicNames = { maxLength: 100, allowedPatterns: ["orders.*", "audit.**", "health"] };
  expect(validateTopicNames(["a".repeat(100)], { topicNames: { maxLength: 100 } }).is_valid).toBe(true);
  expect(validateTopicNames([`orders.${"a".repeat(94)}`], { topicNames }).security_issues).toEqual([
    `Topic name too long: orders.${"a".repeat(94)}`,
  ]);
  expect(validateTopicNames(["orders.placed", "audit.eu.login", "health", "orders.eu.placed", "payments"], { topicNames })).toEqual({
    is_valid: false,
    security_issues: ["Topic name not allowed: orders.eu.placed", "Topic name not allowed: payments"],
    sanitized_topics: ["orders.placed", "audit.eu.login", "health"],
  });
});

test("[X-12] any number of parts passes where no number of parts is asked for", () => {
  expect(validateTopicNames(["prefix.event", "orders", "a.b.c.d"])).toMatchObject({ is_valid: true, security_issues: [] });
  expect(validateTopicNames(["agent.lifecycle.created", "prefix.event", "a.b.c.d", "a..c"], { topicNames: { segments: 3 } })).toEqual({
    is_valid: false,
    security_issues: [
      "Topic name must have 3 parts: prefix.event",
      "Topic name must have 3 parts: a.b.c.d",
      "Path traversal attempt in topic: a..c",
    ],
    sanitized_topics: ["agent.lifecycle.created"],
  });
});

test("a policy that cannot be is a mistake of the program", () => {
  for (const topicNames of [
    { maxLength: 250 },
    { maxLength: 0 },
    { segments: 0 },
    { allowedPatterns: [""] },
    { allowedPatterns: ["^a+$"] },
    { allowedPatterns: ["**.a"] },
    { allowedPatterns: Array.from({ length: 101 }, () => "a") },
  ]) {
    expect(() => validateTopicNames([], { topicNames })).toThrow(InvalidOptionsError);
  }
});

test("what is no list of names is invalid; one name is a list", () => {
  expect(validateTopicNames("orders").sanitized_topics).toEqual(["orders"]);
  expect(validateTopicNames(undefined)).toMatchObject({ is_valid: false, security_issues: ["Topic names must be a list"] });
  expect(validateTopicNames([{}])).toMatchObject({ is_valid: false, security_issues: ["Topic name is not text"] });
  expect(validateTopicNames(Array.from({ length: 1001 }, () => "a"))).toMatchObject({
    is_valid: false,
    security_issues: ["Too many topics (more than 1000)"],
  });
});

test.each([
  ["orders.*", "orders.placed", true],
  ["orders.*", "orders.", true],
  ["orders.*", "orders.eu.placed", false],
  ["orders.*", "Orders.placed", false],
  ["orders.**", "orders.eu.placed", true],
  ["*", "a.b", false],
  ["**", "a.b", true],
  ["*.created", "agent.created", true],
  ["a*c*e", "abcde", true],
  ["a*c*e", "abcd", false],
  ["a.c", "abc", false],
  ["", "", true],
  ["a*b**", "axb.c", true],
  ["a*b**", "ax.yb", false],
  ["a*a", "a", false],
  ["a**", "a", true],
  ["a.**", "a", false],
])("pattern %j and name %j: %j", (pattern, name, isMatch) => {
  expect(matchesTopicPattern(name, pattern)).toBe(isMatch);
});

test("patterns match as the regular expressions that they stand for", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (name, written) => {
      const pattern = written.replaceAll(/\*\*+(?=[^*])/g, "*");
      const expression = pattern.split(/(\*{1,2})/).map((part) => ({ "*": "[^.]*", "**": ".*" })[part] ?? part.replaceAll(".", "\\."));
      expect(matchesTopicPattern(name, pattern)).toBe(new RegExp(`^${expression.join("")}$`, "s").test(name));
    }),
    { numRuns: 2000 },
  );
});
