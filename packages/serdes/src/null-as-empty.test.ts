import { expect, test } from "vitest";
import { avro } from "./avro.ts";
import { bytes } from "./bytes.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import { integer } from "./integer.ts";
import { json, jsonNull } from "./json.ts";
import { nullAsEmpty } from "./null-as-empty.ts";
import { string } from "./string.ts";

const binding = { topic: "t", part: "value", source: createInMemorySchemas() } as const;
const none = Buffer.alloc(0);

test("[004-13] string, json, bytes and integer write null as no bytes for those who ask, read no bytes each in its way, and give back what they wrote", () => {
  const text = nullAsEmpty(string()).bind(binding);
  const values = nullAsEmpty(json()).bind(binding);
  const raw = nullAsEmpty(bytes()).bind(binding);
  const integers = nullAsEmpty(integer()).bind(binding);
  for (const serde of [text, values, raw, integers]) {
    expect(serde.prepareToSerialize() ?? serde.prepareToDeserialize(none)).toBeUndefined();
    expect(serde.serialize(null)).toEqual(none);
  }
  expect([text, values, raw, integers].map((serde) => serde.deserialize(none))).toEqual(["", null, none, null]);

  // Text that is in bytes already goes through; the encoding can be chosen.
  expect(text.serialize(Buffer.from("größe") as never)).toEqual(Buffer.from("größe"));
  const latin = nullAsEmpty(string({ encoding: "latin1" })).bind(binding);
  expect(latin.serialize("größe").toString("hex")).toBe("6772f6df65");
  expect(latin.deserialize(Buffer.from("6772f6df65", "hex"))).toBe("größe");
  expect(() => raw.serialize("text" as never)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE", valueType: "string" }));
  for (const value of [0, 42, -100, 1_000_000, -999_999]) {
    const data = integers.serialize(value);
    expect(data).toHaveLength(8);
    expect(data.readBigInt64BE()).toBe(BigInt(value));
    expect(integers.deserialize(data)).toBe(value);
  }
  expect(values.deserialize(values.serialize({ a: [1, null] }))).toEqual({ a: [1, null] });
  expect(raw.deserialize(raw.serialize(Buffer.from([0, 255])))).toEqual(Buffer.from([0, 255]));
});

test("without nullAsEmpty null and no bytes are refused where a format has no empty value", () => {
  for (const descriptor of [string(), bytes(), integer()]) {
    expect(() => descriptor.bind(binding).serialize(null as never)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  }
  for (const descriptor of [json(), integer()]) {
    expect(() => descriptor.bind(binding).deserialize(none)).toThrow(expect.objectContaining({ code: "SERDE_TRUNCATED" }));
  }
});

test("nullAsEmpty keeps everything else of its format: name, schema, failures", async () => {
  const descriptor = nullAsEmpty(avro("string"));
  expect(descriptor).toMatchObject({ format: "avro", schema: { type: "AVRO" } });
  const serde = descriptor.bind(binding);
  expect(() => serde.serialize("a")).toThrow(expect.objectContaining({ code: "SERDE_NOT_READY" }));
  await serde.prepareToSerialize();
  const data = serde.serialize("a");
  await serde.prepareToDeserialize(data);
  expect([serde.deserialize(data), serde.deserialize(none)]).toEqual(["a", null]);
  const refusing = nullAsEmpty(json({ parse: () => fail() })).bind(binding);
  expect(() => refusing.deserialize(Buffer.from("1"))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
  const strict = nullAsEmpty({
    format: "strict",
    bind: () => ({ ...json().bind(binding), deserialize: fail }),
  }).bind(binding);
  expect(() => strict.deserialize(none)).toThrow("refused");
});

test("jsonNull is JSON's null wherever it stands", () => {
  expect(JSON.stringify([jsonNull, { a: jsonNull }])).toBe('[null,{"a":null}]');
});

function fail(): never {
  throw new Error("refused");
}
