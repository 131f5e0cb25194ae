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

test("other encodings write and read what they can hold, and refuse the rest", () => {
  for (const [encoding, text, hex, foreign, junk] of [
    ["utf16le", "aß€😀", "6100df00ac203dd800de", "a\ud800", "616263"],
    ["latin1", "aß", "61df", "€", undefined],
    ["ascii", "a~", "617e", "ß", "61df"],
    ["utf8", "aß", "61c39f", "\udc00", "61df"],
  ] as const) {
    const encoded = string({ encoding }).bind({ topic: "t", part: "key" });
    expect(encoded.serialize(text).toString("hex")).toBe(hex);
    expect(encoded.deserialize(Buffer.from(hex, "hex"))).toBe(text);
    expect(() => encoded.serialize(foreign)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
    if (junk === undefined) continue;
    const bad = Buffer.from(junk, "hex");
    expect(() => encoded.deserialize(bad)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
    expect(() => encoded.serialize(bad as never)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE", valueType: "bytes" }));
  }
  expect(() => encodingless("hex")).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  expect(() => encodingless("constructor")).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
});

test("text that is in bytes already is checked and written as it is", () => {
  const text = Buffer.from("größe");
  expect(serde.serialize(text as never)).toEqual(text);
  expect(serde.serialize(new Uint8Array(text) as never)).toEqual(text);
});

function encodingless(encoding: string): unknown {
  return string({ encoding: encoding as "utf8" });
}
