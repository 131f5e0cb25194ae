import fc from "fast-check";
import { expect, test } from "vitest";
import { transactionalIdFor } from "../index.ts";

test("a transactional id names its group, topic and partition", () => {
  expect(transactionalIdFor("team a/billing:v2", "orders", 3)).toBe("team a/billing:v2/orders/3");
});

test("no two partitions of no two groups share a transactional id", () => {
  const topic = fc.stringMatching(/^[a-zA-Z0-9._-]{1,9}$/);
  const place = fc.tuple(fc.string({ unit: fc.constantFrom("a", "/", "-", "1") }), topic, fc.nat(20));
  fc.assert(
    fc.property(place, place, (one, other) => {
      expect(transactionalIdFor(...one) === transactionalIdFor(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});
