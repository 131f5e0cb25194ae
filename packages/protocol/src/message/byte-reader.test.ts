import { expect, test } from "vitest";
import { ByteReader } from "./byte-reader.ts";

const reader = (hex: string): ByteReader => new ByteReader(Buffer.from(hex, "hex"), 0, "test");
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

test("64-bit numbers are exact up to 2^53 - 1 and refused beyond", () => {
  expect(reader("001fffffffffffff").int64()).toBe(Number.MAX_SAFE_INTEGER);
  expect(reader("ffe0000000000001").int64()).toBe(Number.MIN_SAFE_INTEGER);
  expect(reader("ffffffffffffffff").int64()).toBe(-1);
  expect(() => reader("0020000000000000").int64()).toThrow(code("UNSAFE_INTEGER"));
  expect(() => reader("8000000000000000").int64()).toThrow(code("UNSAFE_INTEGER"));
});

test("a variable-length number ends within 32 bits", () => {
  expect(reader("ffffffff0f").uvarint()).toBe(0xffffffff);
  expect(reader("8001").uvarint()).toBe(128);
  expect(() => reader("ffffffff1f").uvarint()).toThrow(code("MALFORMED"));
  expect(() => reader("ffffffffffff").uvarint()).toThrow(code("MALFORMED"));
  expect(() => reader("ff").uvarint()).toThrow(code("TRUNCATED"));
});

test("lengths and counts that cannot be are refused", () => {
  expect(() => reader("fffffffe").bytes(false)).toThrow(code("MALFORMED"));
  expect(() => reader("7fffffff").bytes(false)).toThrow(code("TRUNCATED"));
  expect(() => reader("fffe").string(false)).toThrow(code("MALFORMED"));
  expect(() => reader("81800200").string(true)).toThrow("Kafka allows 32767");
  expect(() => reader("7fffffff00").count(false)).toThrow("2147483647 elements in 1 bytes");
  expect(() => reader("ffffffff0f").count(true)).toThrow(code("MALFORMED"));
});

test("null strings and bytes are null in both encodings", () => {
  expect([reader("ffff").string(false), reader("00").string(true), reader("ffffffff").bytes(false), reader("00").bytes(true)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test("an error says what was read and where", () => {
  expect(() => reader("0000").int32()).toThrow("test: 4 bytes wanted at byte 0, but only 2 are left");
});
