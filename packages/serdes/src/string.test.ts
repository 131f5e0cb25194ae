import fc from "fast-check";
import { expect, test } from "vitest";
import { SerdeError } from "./serde-error.ts";
import { string } from "./string.ts";

const serde = string().bind({ topic: "t", part: "key" });

test("every well-formed string comes back as it went in, and is ready at once", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const data = serde.serialize(text);
      expect(serde.prepareToSerialize()).toBeUndefined();
      expect(serde.prepareToDeserialize(data)).toBeUndefined();
      expect(data).toEqual(Buffer.from(text, "utf8"));
      expect(serde.deserialize(data)).toBe(text);
    }),
  );
});

test("the empty string is the empty buffer", () => {
  expect(serde.serialize("")).toHaveLength(0);
  expect(serde.deserialize(Buffer.alloc(0))).toBe("");
});

test("what is no string, or no UTF-8 text, is refused", () => {
  expect(() => serde.serialize(7 as never)).toThrow(
    expect.objectContaining({ code: "SERDE_INVALID_VALUE", path: "", valueType: "number" }),
  );
  expect(() => serde.serialize("a\ud800b")).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  expect(() => serde.deserialize(Buffer.from([0x61, 0xff]))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
});

test("the descriptor says its format, has no schema and gives SerdeErrors", () => {
  expect(string()).toMatchObject({ format: "string" });
  expect(string().schema).toBeUndefined();
  try {
    serde.serialize(null as never);
    expect.unreachable();
  } catch (error) {
    expect(SerdeError.is(error)).toBe(true);
  }
});
