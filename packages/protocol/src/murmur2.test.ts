import { expect, test } from "vitest";
import { murmur2 } from "./murmur2.ts";

test("[004-15] murmur2 gives the hashes of Kafka's Java client", () => {
  expect(murmur2(Buffer.from("21"))).toBe(-973932308);
  expect(murmur2(Buffer.from("foobar"))).toBe(-790332482);
  expect(murmur2(Buffer.from("a-little-bit-long-string"))).toBe(-985981536);
  expect(murmur2(Buffer.from("abc"))).toBe(479470107);
});

test("lengths that leave each remainder, and none, are hashed", () => {
  expect(["", "a", "ab", "abc", "abcd"].map((key) => murmur2(Buffer.from(key)))).toEqual([
    275646681, -1563381124, 316155434, 479470107, -1323649548,
  ]);
});
