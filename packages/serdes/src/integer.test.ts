import fc from "fast-check";
import { expect, test } from "vitest";
import { integer } from "./integer.ts";
import { SerdeError } from "./serde-error.ts";

const binding = { topic: "t", part: "value" } as const;
const numbers = integer().bind(binding);
const bigints = integer({ bigint: true }).bind(binding);

test("integers are 8 bytes, big-endian and signed, as Java writes a long", () => {
  for (const [value, hex] of [
    [0, "0000000000000000"],
    [42, "000000000000002a"],
    [-1, "ffffffffffffffff"],
    [-100, "ffffffffffffff9c"],
    [2 ** 53 - 1, "001fffffffffffff"],
    [-(2 ** 53) + 1, "ffe0000000000001"],
    [4_294_967_296, "0000000100000000"],
    [-4_294_967_296, "ffffffff00000000"],
  ] as const) {
    expect(numbers.serialize(value).toString("hex")).toBe(hex);
    expect(numbers.deserialize(Buffer.from(hex, "hex"))).toBe(value);
    expect(bigints.deserialize(Buffer.from(hex, "hex"))).toBe(BigInt(value));
  }
  expect(numbers.prepareToSerialize() ?? numbers.prepareToDeserialize(Buffer.alloc(8))).toBeUndefined();
  expect(bigints.prepareToSerialize() ?? bigints.prepareToDeserialize(Buffer.alloc(8))).toBeUndefined();
});

test("every integer of 64 bits comes back as a bigint, every safe one as a number, and others are refused", () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
      const data = bigints.serialize(value);
      expect(bigints.deserialize(data)).toBe(value);
      if (Number.isSafeInteger(Number(value))) expect(BigInt(numbers.deserialize(data))).toBe(value);
      else expect(() => numbers.deserialize(data)).toThrow(expect.objectContaining({ code: "SERDE_UNSAFE_INTEGER" }));
    }),
  );
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(numbers.deserialize(numbers.serialize(value))).toBe(value);
      expect(numbers.serialize(value)).toEqual(bigints.serialize(BigInt(value)));
    }),
  );
});

test("what is no integer of 64 bits, or not 8 bytes, is refused", () => {
  for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "7", null, undefined, {}, 2n ** 63n, -(2n ** 63n) - 1n]) {
    expect(() => numbers.serialize(value as number)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (data) => {
      try {
        numbers.deserialize(Buffer.from(data));
        expect(data).toHaveLength(8);
      } catch (error) {
        if (!SerdeError.is(error)) throw error;
        if (data.length !== 8) expect(error.code).toBe(data.length < 8 ? "SERDE_TRUNCATED" : "SERDE_TRAILING_BYTES");
      }
    }),
  );
});
