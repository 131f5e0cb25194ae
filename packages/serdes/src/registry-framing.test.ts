import { expect, test } from "vitest";
import { framingError, schemaIdOf } from "./registry-framing.ts";

test("the id stands behind byte 0 in big-endian order", () => {
  expect(schemaIdOf(Buffer.from([0, 0, 1, 2, 3, 99]))).toBe(0x010203);
  expect(schemaIdOf(Buffer.from([0, 0x7f, 0xff, 0xff, 0xff]))).toBe(2 ** 31 - 1);
});

test("other data has no id, and the error tells short from foreign", () => {
  for (const data of [Buffer.alloc(0), Buffer.from([0, 0, 0, 1])]) {
    expect(schemaIdOf(data)).toBeUndefined();
    expect(framingError(data)).toMatchObject({ code: "SERDE_TRUNCATED" });
  }
  expect(schemaIdOf(Buffer.from('{"a":1}'))).toBeUndefined();
  expect(framingError(Buffer.from('{"a":1}'))).toMatchObject({ code: "SERDE_BAD_MAGIC" });
});
