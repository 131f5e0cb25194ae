import { expect, test } from "vitest";
import { topicConfigProblem, topicConfigs } from "./topic-config.ts";
import { collisionKey, topicNameProblem } from "./topic-name.ts";

test("every default is a legal value", () => {
  for (const [name, { defaultValue }] of Object.entries(topicConfigs)) expect(topicConfigProblem(name, defaultValue), name).toBeUndefined();
});

test("unknown names, nulls and values of the wrong type or range are problems", () => {
  const wrong: [string, string | null][] = [
    ["no.such.config", "1"],
    ["toString", "1"],
    ["retention.ms", null],
    ["retention.ms", "soon"],
    ["retention.ms", "-2"],
    ["retention.ms", "99999999999999999999"],
    ["max.message.bytes", "3000000000"],
    ["min.cleanable.dirty.ratio", "1.5"],
    ["preallocate", "maybe"],
    ["compression.type", "zip"],
    ["cleanup.policy", "delete,burn"],
  ];
  for (const [name, value] of wrong) expect(topicConfigProblem(name, value), `${name}=${value}`).toBeTypeOf("string");
  expect(topicConfigProblem("cleanup.policy", "compact,delete")).toBeUndefined();
});

test("topic names follow Kafka's rules", () => {
  for (const name of ["", ".", "..", "a b", "ä", "a/b", "x".repeat(250)]) expect(topicNameProblem(name), name).toBeTypeOf("string");
  for (const name of ["a", "A.b_c-9", "...", "x".repeat(249)]) expect(topicNameProblem(name), name).toBeUndefined();
  expect(collisionKey("a.b_c")).toBe(collisionKey("a_b.c"));
});
