import fc from "fast-check";
import { expect, test } from "vitest";
import { json } from "./json.ts";

const serde = json().bind({ topic: "t", part: "value" });

test("every JSON value comes back as it went in, as compact text", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const data = serde.serialize(value);
      expect(data.toString()).toBe(JSON.stringify(value));
      expect(serde.deserialize(data)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(serde.prepareToSerialize()).toBeUndefined();
  expect(serde.prepareToDeserialize(Buffer.from("1"))).toBeUndefined();
});

test("JSON null is the text null, not a tombstone", () => {
  expect(serde.serialize(null).toString()).toBe("null");
  expect(serde.deserialize(Buffer.from("null"))).toBeNull();
});

test("a value without a JSON form is refused: undefined, functions, big integers, cycles", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  for (const value of [undefined, () => 1, 1n, cycle]) {
    expect(() => serde.serialize(value)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  }
});

test("bytes that are no JSON are refused with a message that quotes none of them", () => {
  expect(() => serde.deserialize(Buffer.alloc(0))).toThrow(expect.objectContaining({ code: "SERDE_TRUNCATED" }));
  for (const data of [Buffer.from("{secret"), Buffer.from([0x22, 0xff, 0x22]), Buffer.from("1 2")]) {
    expect(() => serde.deserialize(data)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
    expect(() => serde.deserialize(data)).not.toThrow(/secret/);
  }
});

test("parse checks and types what was decoded, and its refusal becomes the cause", () => {
  const refusal = new Error("not positive");
  const positive = json<number>({
    parse(value) {
      if (typeof value === "number" && value > 0) return value;
      throw refusal;
    },
  }).bind({ topic: "t", part: "value" });
  expect(positive.deserialize(Buffer.from("3"))).toBe(3);
  expect(() => positive.deserialize(Buffer.from("-3"))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA", cause: refusal }));
});
