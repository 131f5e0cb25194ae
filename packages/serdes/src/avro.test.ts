import { expect, test } from "vitest";
import { avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import type { SchemaDefinition, SchemaSource, Serde } from "./serde.ts";

const order = {
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "string" },
    { name: "amount", type: "long" },
    { name: "paid", type: "boolean", default: false },
    { name: "discount", type: "int", default: 0 },
    { name: "note", type: "string", default: "" },
    { name: "coupon", type: ["null", "string"], default: null },
    {
      name: "items",
      type: { type: "array", items: { type: "record", name: "Item", fields: [{ name: "sku", type: "string" }] } },
      default: [],
    },
    { name: "labels", type: { type: "map", values: "long" }, default: {} },
    { name: "state", type: { type: "enum", name: "State", symbols: ["OPEN", "DONE"] }, default: "OPEN" },
    { name: "proof", type: "bytes", default: "" },
  ],
};

function ready<T>(schema: object | string, source: SchemaSource = createInMemorySchemas()): Serde<T> {
  const serde = avro<T>(schema).bind({ topic: "orders", part: "value", source });
  expect(serde.prepareToSerialize()).toBeUndefined();
  return serde;
}

function roundTrip<T>(serde: Serde<T>, value: T): T {
  const data = serde.serialize(value);
  expect(serde.prepareToDeserialize(data)).toBeUndefined();
  return serde.deserialize(data);
}

/** A source whose answers come when the test says so. */
function slowSource(): SchemaSource & { calls: string[]; answer: (value: number | SchemaDefinition | Error) => void } {
  const waiting: { resolve: (value: never) => void; reject: (error: Error) => void }[] = [];
  const calls: string[] = [];
  const ask = (call: string): Promise<never> => {
    calls.push(call);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
  return {
    calls,
    idFor: (subject) => ask(`idFor ${subject}`),
    schemaFor: (id) => ask(`schemaFor ${id}`),
    answer(value) {
      const { resolve, reject } = waiting.shift()!;
      if (value instanceof Error) reject(value);
      else resolve(value as never);
    },
  };
}

test("bytes are magic 0, the id in four big-endian bytes, then plain Avro", () => {
  const source = createInMemorySchemas();
  void source.idFor("another", { type: "AVRO", text: '"int"' });
  const serde = ready<{ a: number }>({ type: "record", name: "A", fields: [{ name: "a", type: "int" }] }, source);
  expect([...serde.serialize({ a: -1 })]).toEqual([0, 0, 0, 0, 2, 1]);
});

test("a value comes back as plain objects, with every default filled in: false, 0, empty text, null", () => {
  const value = roundTrip<object>(ready(order), { id: "7", amount: 5 });
  expect(value).toStrictEqual({
    id: "7",
    amount: 5,
    paid: false,
    discount: 0,
    note: "",
    coupon: null,
    items: [],
    labels: {},
    state: "OPEN",
    proof: Buffer.alloc(0),
  });
});

test("explicit false, 0 and empty text are not taken for missing", () => {
  const schema = {
    type: "record",
    name: "A",
    fields: [
      { name: "flag", type: "boolean", default: true },
      { name: "count", type: "long", default: 9 },
      { name: "text", type: "string", default: "x" },
    ],
  };
  expect(roundTrip(ready<object>(schema), { flag: false, count: 0, text: "" })).toStrictEqual({ flag: false, count: 0, text: "" });
});

test("a union that its values cannot tell apart is wrapped, plainly", () => {
  const schema = { type: "record", name: "A", fields: [{ name: "n", type: ["int", "string", "double"] }] };
  expect(roundTrip(ready<object>(schema), { n: { double: 1.5 } })).toStrictEqual({ n: { double: 1.5 } });
});

test("a long keeps every exact integer and refuses the others, both ways", () => {
  const serde = ready<number>('"long"');
  for (const value of [0, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 40 + 3])
    expect(roundTrip(serde, value)).toBe(value);
  for (const value of [2 ** 53, -(2 ** 53), 1.5, Number.NaN, "7", 7n]) {
    expect(() => serde.serialize(value as number)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE", path: "" }));
  }
  // 2^53 and -2^53 as any other language writes them.
  for (const body of ["8080808080808020", "ffffffffffffff1f"]) {
    const data = Buffer.from(`0000000001${body}`, "hex");
    void serde.prepareToDeserialize(data);
    expect(() => serde.deserialize(data)).toThrow(expect.objectContaining({ code: "SERDE_UNSAFE_INTEGER", schemaId: 1 }));
  }
});

test("a value that does not fit is refused with its path, its type and what was wanted, but not itself", () => {
  const serde = ready<unknown>(order);
  const rows: [unknown, string, string][] = [
    [{ id: 7, amount: 5 }, "id", "number"],
    [{ id: "7", amount: 5, items: [{ sku: "a" }, { sku: ["secret"] }] }, "items.1.sku", "array"],
    [{ id: "7", amount: 5, labels: { a: 1, b: "secret" } }, "labels.b", "string"],
    [{ id: "7", amount: 5, state: "secret" }, "state", "string"],
    [{ id: "7", amount: 5, coupon: 5 }, "coupon", "number"],
    [{ amount: 5 }, "id", "undefined"],
    [null, "", "null"],
    ["secret", "", "string"],
  ];
  for (const [value, path, valueType] of rows) {
    expect(() => serde.serialize(value)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE", path, valueType }));
    expect(() => serde.serialize(value)).not.toThrow(/secret/);
  }
  // A symbol that every plain object "has" is none of the enum's.
  expect(() => serde.serialize({ id: "7", amount: 5, state: "constructor" })).toThrow(
    expect.objectContaining({ code: "SERDE_INVALID_VALUE" }),
  );
  expect(() => serde.serialize({ id: "7\ud800", amount: 5 })).toThrow(/lone surrogate/);
  // A refused value leaves nothing behind.
  expect(roundTrip(serde, { id: "8", amount: 6 })).toMatchObject({ id: "8", amount: 6 });
});

test("records handed out are never written again, whatever their sizes", () => {
  const serde = ready<string>('"string"');
  const texts = Array.from(
    { length: 3_000 },
    (_, index) => `${index}-${"é".repeat(index % 97)}${"x".repeat(index % 211 === 0 ? 20_000 : index % 50)}`,
  );
  const encoded = texts.map((text) => serde.serialize(text));
  void serde.prepareToDeserialize(encoded[0]!);
  expect(encoded.map((data) => serde.deserialize(data))).toEqual(texts);
});

test("what was written with an older or newer schema is resolved to the reader's", () => {
  const source = createInMemorySchemas();
  const v1 = ready<object>(
    {
      type: "record",
      name: "shop.v1.Order",
      fields: [
        { name: "id", type: "string" },
        { name: "amount", type: "int" },
      ],
    },
    source,
  );
  const v2Schema = {
    type: "record",
    name: "shop.v2.Order",
    fields: [
      { name: "number", type: "string", aliases: ["id"] },
      { name: "amount", type: "long" },
      { name: "currency", type: "string", default: "EUR" },
    ],
  };
  const v2 = ready<object>(v2Schema, source);
  const old = v1.serialize({ id: "7", amount: 3 });
  expect(v2.prepareToDeserialize(old)).toBeUndefined();
  expect(v2.deserialize(old)).toStrictEqual({ number: "7", amount: 3, currency: "EUR" });
});

test("fields that the reader dropped are skipped, whatever their type", () => {
  const source = createInMemorySchemas();
  const inner = { type: "record", name: "In", fields: [{ name: "x", type: "double" }] };
  const dropped = [
    { name: "a", type: { type: "array", items: "long" } },
    { name: "b", type: { type: "map", values: inner } },
    { name: "c", type: ["null", "string"] },
    { name: "d", type: "bytes" },
    { name: "e", type: "float" },
    { name: "f", type: "boolean" },
    { name: "g", type: { type: "fixed", name: "Fx", size: 3 } },
    { name: "h", type: "int" },
    { name: "i", type: { type: "enum", name: "En", symbols: ["P"] } },
  ];
  const kept = { name: "kept", type: "string" };
  const writer = ready<object>({ type: "record", name: "R", fields: [...dropped, kept] }, source);
  const reader = ready<object>({ type: "record", name: "R", fields: [kept] }, source);
  const data = writer.serialize({
    a: [1, 2 ** 50],
    b: { k: { x: 1 }, l: { x: 2 } },
    c: "text",
    d: Buffer.from("bytes"),
    e: 1,
    f: true,
    g: Buffer.alloc(3),
    h: 300,
    i: "P",
    kept: "yes",
  });
  void reader.prepareToDeserialize(data);
  expect(reader.deserialize(data)).toStrictEqual({ kept: "yes" });
});

test("a writer's default that only other libraries accept does not keep its data from being read", () => {
  const fields = [{ name: "a", type: ["null", "int"], default: 5 }];
  const writer = JSON.stringify({ type: "record", name: "R", fields });
  const source: SchemaSource = { idFor: () => 1, schemaFor: () => ({ type: "AVRO", text: writer }) };
  expect(() => avro(writer)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
  const reader = ready<object>({ type: "record", name: "R", fields: [{ name: "a", type: ["null", "int"] }] }, source);
  const data = Buffer.from("0000000001020e", "hex");
  expect(reader.prepareToDeserialize(data)).toBeUndefined();
  expect(reader.deserialize(data)).toStrictEqual({ a: 7 });
});

test("a map key called __proto__ is a key like any other", () => {
  const serde = ready<Record<string, string>>({ type: "map", values: "string" });
  const value = JSON.parse('{"__proto__":"x","y":"z"}') as Record<string, string>;
  const read = roundTrip(serde, value);
  expect(Object.entries(read)).toEqual([
    ["__proto__", "x"],
    ["y", "z"],
  ]);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

test("[001-14] the subject is topic and part, or the option", () => {
  const source = slowSource();
  void avro('"string"').bind({ topic: "agent.lifecycle.created", part: "value", source }).prepareToSerialize();
  void avro('"string"').bind({ topic: "task.execution.started", part: "key", source }).prepareToSerialize();
  void avro('"string"', { subject: "mine" }).bind({ topic: "t", part: "value", source }).prepareToSerialize();
  expect(source.calls).toEqual(["idFor agent.lifecycle.created-value", "idFor task.execution.started-key", "idFor mine"]);
});

test("an id that has to be fetched is fetched once, and a failure may be tried again", async () => {
  const source = slowSource();
  const serde = avro<string>('"string"').bind({ topic: "t", part: "value", source });
  expect(() => serde.serialize("a")).toThrow(expect.objectContaining({ code: "SERDE_NOT_READY" }));
  const first = serde.prepareToSerialize();
  expect(serde.prepareToSerialize()).toBe(first);
  source.answer(new Error("registry down"));
  await expect(first).rejects.toThrow("registry down");
  const second = serde.prepareToSerialize();
  source.answer(258);
  await second;
  expect(serde.prepareToSerialize()).toBeUndefined();
  expect([...serde.serialize("a")]).toEqual([0, 0, 0, 1, 2, 2, 97]);
  expect(source.calls).toEqual(["idFor t-value", "idFor t-value"]);
});

test("a writer's schema is fetched once however many records wait for it, and a slow one holds up no other", async () => {
  const source = slowSource();
  const serde = avro<string>('"string"').bind({ topic: "t", part: "value", source });
  const data = Buffer.from("00000000070261", "hex");
  const other = Buffer.from("00000000080262", "hex");
  expect(() => serde.deserialize(data)).toThrow(expect.objectContaining({ code: "SERDE_NOT_READY", schemaId: 7 }));
  const waits = [serde.prepareToDeserialize(data), serde.prepareToDeserialize(data)];
  const failing = serde.prepareToDeserialize(other);
  expect(source.calls).toEqual(["schemaFor 7", "schemaFor 8"]);
  source.answer({ type: "AVRO", text: '"string"' });
  for (const wait of waits) await wait;
  expect(serde.deserialize(data)).toBe("a");
  source.answer(new Error("no such id"));
  await expect(failing).rejects.toThrow("no such id");
  expect(serde.prepareToDeserialize(other)).toBeInstanceOf(Promise);
});

test("a source that throws instead of rejecting looks the same", async () => {
  const serde = avro<string>('"string"').bind({ topic: "t", part: "value", source: createInMemorySchemas() });
  await expect(serde.prepareToDeserialize(Buffer.from("00000000070261", "hex"))).rejects.toMatchObject({ code: "SERDE_UNKNOWN_SCHEMA" });
});

test("a writer's schema that cannot be read fails its own records only, without another fetch", () => {
  const texts = ['"int"', '{"type":"nonsense"}'];
  const calls: number[] = [];
  const source: SchemaSource = {
    idFor: () => 9,
    schemaFor(id) {
      calls.push(id);
      return id === 3 ? { type: "JSON", text: "{}" } : { type: "AVRO", text: id === 9 ? '"string"' : texts[id - 1]! };
    },
  };
  const serde = ready<string>('"string"', source);
  const codes = [1, 2, 3].map((id) => {
    const data = Buffer.from([0, 0, 0, 0, id, 2]);
    for (let times = 0; times < 2; times++) {
      expect(serde.prepareToDeserialize(data)).toBeUndefined();
      try {
        serde.deserialize(data);
      } catch (error) {
        if (times === 1) return (error as { code: string }).code;
      }
    }
    return "none";
  });
  expect(codes).toEqual(["SERDE_INCOMPATIBLE_SCHEMA", "SERDE_INVALID_SCHEMA", "SERDE_INCOMPATIBLE_SCHEMA"]);
  expect(calls).toEqual([1, 2, 3]);
  expect(roundTrip(serde, "still fine")).toBe("still fine");
});

test("a schema that cannot be used is refused where it is written down, and so is a binding without a source", () => {
  for (const schema of ["{", { type: "record", name: "A" }, { type: "nonsense" }, '"Missing"']) {
    expect(() => avro(schema)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
  }
  expect(() => avro('"string"').bind({ topic: "t", part: "key" })).toThrow(expect.objectContaining({ code: "SERDE_NO_SCHEMA_SOURCE" }));
});

test("a schema may be the bare name of a primitive type, null among them", () => {
  expect(roundTrip(ready<unknown>("null"), null)).toBeNull();
  expect(roundTrip(ready<unknown>(" string "), "a")).toBe("a");
});

test("the descriptor is a frozen value with the schema's own text", () => {
  const text = '{ "type": "string" }';
  const descriptor = avro<string>(text);
  expect(descriptor).toMatchObject({ format: "avro", schema: { type: "AVRO", text } });
  expect(Object.isFrozen(descriptor)).toBe(true);
  expect(avro(order).schema?.text).toBe(JSON.stringify(order));
});
