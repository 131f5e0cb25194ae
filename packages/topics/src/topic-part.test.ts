import fc from "fast-check";
import { expect, test } from "vitest";
import { collisionKey, isValidTopicName } from "./topic-name.ts";
import { escapeTopicPart, unescapeTopicPart } from "./topic-part.ts";

// Any UTF-16 unit, lone surrogates included, with the characters that the code itself uses more often.
const unit = fc.oneof(
  fc.constantFrom(".", "_", "-", "u", "0", "f", " ", "/"),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
);
const text = fc.array(unit, { maxLength: 30 }).map((units) => units.join(""));

test.each([
  ["billing", "billing"],
  ["billing-service", "billing-service"],
  ["team a/billing:v2", "team_20a_2fbilling_3av2"],
  ["shop.billing", "shop._billing"],
  ["order_processor", "order_-processor"],
  ["\u4ed8", "_u4ed8"],
  ["..", "._._"],
  ["", ""],
])("%j is escaped as %j", (plain, escaped) => {
  expect(escapeTopicPart(plain)).toBe(escaped);
  expect(unescapeTopicPart(escaped)).toBe(plain);
});

test("any text comes back, and the escaped form is legal in a topic name", () => {
  fc.assert(
    fc.property(text, (plain) => {
      const escaped = escapeTopicPart(plain);
      expect(unescapeTopicPart(escaped)).toBe(plain);
      expect(isValidTopicName(`t.${escaped}`)).toBe(true);
      expect(escaped.length).toBeLessThanOrEqual(plain.length * 6);
    }),
  );
});

test("two texts never collide, not even for a broker that takes a dot for an underscore", () => {
  const close = fc.array(fc.constantFrom(".", "_", "-", "2", "e", "u"), { maxLength: 6 }).map((units) => units.join(""));
  fc.assert(
    fc.property(close, close, (one, other) => {
      expect(collisionKey(escapeTopicPart(one)) === collisionKey(escapeTopicPart(other))).toBe(one === other);
    }),
    { numRuns: 5000 },
  );
});

test("a name made of prefix, word and part comes apart at its last word, whatever the part was made from", () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.constantFrom("a.retry.b", ".retry.", "_retry_")), (plain) => {
      const name = `orders.retry.x.retry.${escapeTopicPart(plain)}`;
      expect(unescapeTopicPart(name.slice(name.lastIndexOf(".retry.") + ".retry.".length))).toBe(plain);
    }),
  );
});

test("text that escapeTopicPart could not have written gives undefined", () => {
  for (const escaped of ["a.b", "a_b", "_61", "_2F", "_u0041", "_u12", "a/b", "_", "."])
    expect(unescapeTopicPart(escaped), escaped).toBeUndefined();
});
