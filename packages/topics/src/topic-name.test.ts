import fc from "fast-check";
import { expect, test } from "vitest";
import { checkTopicName, isValidTopicName, quoteTopicName } from "./topic-name.ts";

test("names a broker accepts are valid, those with two underscores in front too", () => {
  for (const name of ["a", "shop.order.placed", "A_b-9", "__consumer_offsets", "...", "a".repeat(249)])
    expect(checkTopicName(name), name).toEqual([]);
});

test.each([
  ["", "is empty"],
  [".", 'must not be "."'],
  ["..", 'must not be ".."'],
  ["a".repeat(250), "has 250 characters"],
  ["a b", 'contains " "'],
  ["caf\u00e9/1", 'contains "\u00e9", "/"'],
  ["a\n", 'contains "\\n"'],
  [undefined, "must be a string, not undefined"],
  [null, "must be a string, not null"],
  [{}, "must be a string, not object"],
])("a bad name is refused with a sentence: %j", (name, sentence) => {
  expect(checkTopicName(name)).toEqual([expect.stringContaining(sentence)]);
  expect(isValidTopicName(name)).toBe(false);
});

test("a name that is too long and holds illegal characters gives both sentences", () => {
  expect(checkTopicName("\u{1f600}".repeat(125))).toHaveLength(2);
});

test("the rule agrees with the broker's own pattern for every string", () => {
  const reference = (name: string): boolean =>
    name !== "." && name !== ".." && /^[a-zA-Z0-9._-]{1,249}$/.test(name) && !name.endsWith("\n");
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom("a", ".", "_", "-", "/", "\n"), maxLength: 260 })),
      (name) => {
        expect(isValidTopicName(name)).toBe(reference(name));
      },
    ),
  );
});

test("a very long name is cut in messages", () => {
  expect(quoteTopicName("x".repeat(100_000)).length).toBeLessThan(100);
});
