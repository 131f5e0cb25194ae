import { expect, test } from "vitest";
import { framingError, schemaIdIn, schemaIdOf, writeFraming } from "./registry-framing.ts";

test("the id stands behind byte 0 in big-endian order", () => {
  expect(schemaIdOf(Buffer.from([0, 0, 1, 2, 3, 99]))).toBe(0x010203);
  expect(schemaIdOf(Buffer.from([0, 0x7f, 0xff, 0xff, 0xff]))).toBe(2 ** 31 - 1);
});

test("other data has no id, and the error tells short from foreign", () => {
  for (const data of [Buffer.alloc(0), Buffer.from([0, 0, 0, 1])]) {
    expect(schemaIdOf(data)).toBeUndefined();
    expect(framingError(data, "Avro")).toMatchObject({ code: "SERDE_TRUNCATED" });
  }
  expect(schemaIdOf(Buffer.from('{"a":1}'))).toBeUndefined();
  expect(framingError(Buffer.from('{"a":1}'), "Avro")).toMatchObject({ code: "SERDE_BAD_MAGIC" });
});

test("the framing is written as it is read", () => {
  const data = Buffer.alloc(6, 9);
  writeFraming(data, 0x7f010203);
  expect(data.toString("hex")).toBe("007f01020309");
  expect(schemaIdOf(data)).toBe(0x7f010203);
});

test("the id in headers is the last schema_id, in decimal digits; anything else counts as none", () => {
  const id = (...values: (string | null)[]): number | undefined =>
    schemaIdIn(
      [["other", Buffer.from("9")], ...values.map((value) => ["schema_id", value === null ? null : Buffer.from(value)] as const)],
      "schema_id",
    );
  expect(id("7")).toBe(7);
  expect(id("7", "2147483647")).toBe(2_147_483_647);
  expect(id("7", null)).toBe(7);
  for (const foreign of ["", "None", "-1", "1.5", "2147483648", "9".repeat(1_000_000)]) expect(id(foreign)).toBeUndefined();
  expect(id()).toBeUndefined();
});
