import { expect, expectTypeOf, test } from "vitest";
import { read, write } from "../test/support/one-record.ts";
import { avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import { json } from "./json.ts";
import { jsonSchema } from "./json-schema/json-schema.ts";
import { type OneOf, oneOf } from "./one-of.ts";
import { protobuf } from "./protobuf/protobuf.ts";
import type { Serde, SerdeHeader } from "./serde.ts";
import { recordNameStrategy } from "./subject-strategy.ts";

interface Placed {
  readonly id: string;
  readonly amount: number;
}
interface Cancelled {
  readonly id: string;
  readonly reason: string;
}

const subject = recordNameStrategy;
const text = (name: string) => ({ name, type: "string" });
const placed = { type: "record", name: "Placed", namespace: "shop", fields: [text("id"), { name: "amount", type: "int" }] };
const cancelled = { type: "record", name: "shop.Cancelled", fields: [text("id"), text("reason")] };
const types = {
  placed: avro<Placed>(placed, { subject }),
  cancelled: avro<Cancelled>(cancelled, { subject }),
  noted: jsonSchema<{ readonly note: string }>({ title: "Noted", type: "object" }, { subject }),
};

const binding = (source = createInMemorySchemas()) => ({ topic: "orders", part: "value", source }) as const;

test("several types live in one topic, told apart by the schema they were written with, as a discriminated union", async () => {
  const descriptor = oneOf(types);
  type Event = OneOf<typeof types>;
  const serde: Serde<Event> = descriptor.bind(binding());
  const events: Event[] = [
    { type: "placed", value: { id: "a", amount: 1 } },
    { type: "cancelled", value: { id: "a", reason: "late" } },
    { type: "noted", value: { note: "x" } },
  ];
  for (const event of events) {
    const back = await read(serde, await write(serde, event));
    expect(back).toEqual(event);
    if (back.type === "placed") expectTypeOf(back.value).toEqualTypeOf<Placed>();
    else if (back.type === "cancelled") expectTypeOf(back.value).toEqualTypeOf<Cancelled>();
  }
  expect([descriptor.format, serde.writesHeaders]).toEqual(["one-of", false]);
});

test("a newer or older schema of the same name is the same type; another name is none", async () => {
  const source = createInMemorySchemas();
  const serde = oneOf(types).bind(binding(source));
  const newer = { ...placed, fields: [...placed.fields, { name: "note", type: ["null", "string"], default: null }] };
  const data = await write(avro<unknown>(newer).bind(binding(source)), { id: "a", amount: 1, note: "x" });
  expect(await read(serde, data)).toEqual({ type: "placed", value: { id: "a", amount: 1 } });
  const titled = await write(jsonSchema({ title: "Noted" }).bind(binding(source)), { note: "y" });
  expect(await read(serde, titled)).toEqual({ type: "noted", value: { note: "y" } });
  const foreign = await write(avro<unknown>({ ...placed, namespace: "other" }).bind(binding(source)), { id: "a", amount: 1 });
  await expect(read(serde, foreign)).rejects.toMatchObject({ code: "SERDE_INCOMPATIBLE_SCHEMA", schemaId: foreign.readInt32BE(1) });
  await expect(read(serde, Buffer.from("{}"))).rejects.toMatchObject({ code: "SERDE_BAD_MAGIC" });
  await expect(read(serde, Buffer.from([0, 0]))).rejects.toMatchObject({ code: "SERDE_TRUNCATED" });
  await expect(serde.prepareToDeserialize(Buffer.from([0, 0, 0, 0, 99, 0]))).rejects.toMatchObject({ code: "SERDE_UNKNOWN_SCHEMA" });
  expect(() => serde.deserialize(Buffer.from([0, 0, 0, 0, 98, 0]))).toThrow(expect.objectContaining({ code: "SERDE_NOT_READY" }));
});

test("Protobuf files are told apart by the messages they declare", async () => {
  const source = createInMemorySchemas();
  const file = (message: string, field: string): string =>
    `syntax = "proto3";\npackage shop; // message Other {\nmessage ${message} { string ${field} = 1; }`;
  const serde = oneOf({
    placed: protobuf<{ id: string }>(file("Placed", "id"), { subject }),
    cancelled: protobuf<{ id: string }>(file("Cancelled", "id"), { subject }),
  }).bind(binding(source));
  const data = await write(protobuf<unknown>(file("Cancelled", "renamed")).bind(binding(source)), { renamed: "a" });
  expect(await read(serde, data)).toEqual({ type: "cancelled", value: { id: "a" } });
});

test("a header or a field of JSON says the type where there are no schemas", async () => {
  const plain = { placed: json<Placed>(), cancelled: json<Cancelled>() };
  const byHeader = oneOf(plain, { by: { header: "type" } }).bind(binding());
  const headers: SerdeHeader[] = [["type", Buffer.from("copied")]];
  const data = await write(byHeader, { type: "placed", value: { id: "a", amount: 1 } }, headers);
  expect([data.toString(), headers]).toEqual(['{"id":"a","amount":1}', [["type", Buffer.from("placed")]]]);
  expect(byHeader.writesHeaders).toBe(true);
  expect(await read(byHeader, data, headers)).toEqual({ type: "placed", value: { id: "a", amount: 1 } });
  for (const wrong of [[], [["type", null]], [["type", Buffer.from("other")]], [["type", Buffer.from("toString")]]] as SerdeHeader[][]) {
    await expect(read(byHeader, data, wrong)).rejects.toMatchObject({ code: "SERDE_INVALID_DATA" });
  }
  expect(() => byHeader.serialize({ type: "placed", value: { id: "a", amount: 1 } })).toThrow(
    expect.objectContaining({ code: "SERDE_NO_HEADERS" }),
  );

  const byField = oneOf({ a: json<{ kind: "a"; x: number }>(), b: json<{ kind: "b" }>() }, { by: { field: "kind" } }).bind(binding());
  const event = { type: "a", value: { kind: "a", x: 1 } } as const;
  expect(await read(byField, await write(byField, event))).toEqual(event);
  expect(byField.deserialize(Buffer.from('{"kind":"b"}'))).toEqual({ type: "b", value: { kind: "b" } });
  expect(() => byField.serialize({ type: "b", value: { kind: "a" } } as never)).toThrow(expect.objectContaining({ path: "kind" }));
  expect(() => byField.serialize({ type: "b", value: null } as never)).toThrow(
    expect.objectContaining({ path: "kind", valueType: "undefined" }),
  );
  for (const wrong of ["{}", "[]", "null", '{"kind":"c"}', '{"kind":{}}', "{", ""]) {
    await expect(read(byField, Buffer.from(wrong))).rejects.toMatchObject({ code: expect.stringMatching(/^SERDE_/) as unknown });
  }
});

test("what is of no type is refused, and so are types that nothing tells apart", () => {
  const serde = oneOf(types).bind(binding());
  for (const value of [null, undefined, {}, { type: "other", value: {} }, { type: "toString" }, "placed"]) {
    expect(serde.prepareToSerialize(value as never)).toBeUndefined();
    expect(() => serde.serialize(value as never)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE", path: "type" }));
  }
  expect(() => oneOf({})).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  expect(() => oneOf({ a: json(), b: types.placed, c: json() })).toThrow(/type a has no schema.*type c has no schema/);
});
