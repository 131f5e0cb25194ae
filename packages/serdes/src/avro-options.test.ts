import fc from "fast-check";
import { expect, test } from "vitest";
import { type AvroOptions, avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import type { SchemaSource, Serde } from "./serde.ts";

const uuid = "6f585f33-8ed9-4b3e-a001-785044401df5";
const everything = {
  type: "record",
  name: "Logical",
  fields: [
    { name: "day", type: { type: "int", logicalType: "date" } },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "exact", type: { type: "long", logicalType: "timestamp-micros" } },
    { name: "local", type: { type: "long", logicalType: "local-timestamp-millis" } },
    { name: "localExact", type: { type: "long", logicalType: "local-timestamp-micros" } },
    { name: "time", type: { type: "int", logicalType: "time-millis" } },
    { name: "timeExact", type: { type: "long", logicalType: "time-micros" } },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 8, scale: 2 } },
    { name: "fixed", type: { type: "fixed", name: "Money", size: 4, logicalType: "decimal", precision: 9, scale: 3 } },
    { name: "again", type: "Money" },
    { name: "id", type: { type: "string", logicalType: "uuid" } },
    { name: "packed", type: { type: "fixed", name: "Id", size: 16, logicalType: "uuid" } },
    { name: "maybe", type: ["null", { type: "long", logicalType: "timestamp-millis" }], default: null },
  ],
};
const value = {
  day: new Date("2026-11-21T00:00:00Z"),
  at: new Date("2026-11-21T18:54:16.123Z"),
  exact: "2026-11-21T18:54:16.123456Z",
  local: "1969-12-31T23:59:59.999",
  localExact: "1969-12-31T23:59:59.999999",
  time: 86_399_999,
  timeExact: 0,
  price: "-12.50",
  fixed: "999999.999",
  again: "0.001",
  id: uuid,
  packed: uuid,
  maybe: new Date(0),
};

function ready<T = unknown>(schema: object | string, options: AvroOptions = {}, source: SchemaSource = createInMemorySchemas()): Serde<T> {
  const serde = avro<T>(schema, options).bind({ topic: "t", part: "value", source });
  expect(serde.prepareToSerialize()).toBeUndefined();
  return serde;
}

function roundTrip<T>(serde: Serde<T>, given: T): T {
  const data = serde.serialize(given);
  expect(serde.prepareToDeserialize(data)).toBeUndefined();
  return serde.deserialize(data);
}

test("logical types come back as they were written, and are what underlies them for a reader without the option", () => {
  const source = createInMemorySchemas();
  const serde = ready<typeof value>(everything, { logicalTypes: true }, source);
  expect(roundTrip(serde, value)).toStrictEqual(value);
  const plain = ready<object>(everything, {}, source);
  const data = serde.serialize(value);
  void plain.prepareToDeserialize(data);
  expect(plain.deserialize(data)).toStrictEqual({
    day: 20_778,
    at: 1_795_287_256_123,
    exact: 1_795_287_256_123_456,
    local: -1,
    localExact: -1,
    time: 86_399_999,
    timeExact: 0,
    price: Buffer.from("fb1e", "hex"),
    fixed: Buffer.from("3b9ac9ff", "hex"),
    again: Buffer.from("00000001", "hex"),
    id: uuid,
    packed: Buffer.from(uuid.replaceAll("-", ""), "hex"),
    maybe: 0,
  });
});

test("only the logical types that are named are converted", () => {
  const schema = { type: "record", name: "R", fields: everything.fields.slice(0, 2) };
  const serde = ready<object>(schema, { logicalTypes: ["date"] });
  expect(roundTrip<object>(serde, { day: value.day, at: 5 })).toStrictEqual({ day: value.day, at: 5 });
});

test("a value that its logical type would have to round or does not know is refused with its path", () => {
  const serde = ready<object>(everything, { logicalTypes: true });
  const wrong: [keyof typeof value, unknown][] = [
    ["day", new Date("2026-11-21T00:00:00.001Z")],
    ["day", 20_778],
    ["at", new Date(Number.NaN)],
    ["at", 5],
    ["exact", "2026-02-31T00:00:00Z"],
    ["exact", "2026-11-21T18:54:16.1234567Z"],
    ["exact", "2026-11-21T18:54:16"],
    ["local", "2026-11-21T18:54:16Z"],
    ["local", "2026-11-21T18:54:16.1234"],
    ["time", 86_400_000],
    ["time", -1],
    ["timeExact", 1.5],
    ["price", "0.125"],
    ["price", "1234567.00"],
    ["price", 5],
    ["price", 5n],
    ["price", "1e3"],
    ["fixed", "9999999.999"],
    ["id", "not-a-uuid"],
    ["packed", `${uuid}0`],
    ["maybe", "2026-11-21"],
  ];
  for (const [path, bad] of wrong) {
    expect(() => serde.serialize({ ...value, [path]: bad }), `${path} ${String(bad)}`).toThrow(
      expect.objectContaining({ code: "SERDE_INVALID_VALUE", path: expect.stringMatching(new RegExp(`^${path}`)) as string }),
    );
  }
});

test("bytes that no value of a logical type stands behind are refused", () => {
  const decode = (type: object, body: string): unknown => {
    const serde = ready(type, { logicalTypes: true });
    const data = Buffer.from(`0000000001${body}`, "hex");
    void serde.prepareToDeserialize(data);
    return serde.deserialize(data);
  };
  const decimal = { type: "bytes", logicalType: "decimal", precision: 3, scale: 1 };
  // -12.8 with a long sign extension, and nothing at all.
  expect(decode(decimal, "0affffffff80")).toBe("-12.8");
  expect(decode(decimal, "00")).toBe("0.0");
  const invalid: [object, string][] = [
    [decimal, "0403e8"],
    [decimal, `c801${"7f".repeat(100)}`],
    [{ type: "int", logicalType: "time-millis" }, "01"],
    [{ type: "int", logicalType: "date" }, "feffffff0f"],
    [{ type: "long", logicalType: "timestamp-millis" }, "feffffffffffff1f"],
  ];
  for (const [type, body] of invalid) {
    expect(() => decode(type, body)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA", schemaId: 1 }));
  }
});

test("a logical type in a form that the specification does not allow is ignored", () => {
  const schemas: [object, unknown][] = [
    [{ type: "bytes", logicalType: "decimal", precision: 2, scale: 3 }, Buffer.from("a")],
    [{ type: "string", logicalType: "date" }, "x"],
    [{ type: "long", logicalType: "timestamp-nanos" }, 5],
  ];
  for (const [schema, plain] of schemas) expect(roundTrip(ready(schema, { logicalTypes: true }), plain)).toStrictEqual(plain);
});

test("a union of logical types needs no wrapping while its values tell them apart", () => {
  const apart = [
    "null",
    { type: "long", logicalType: "timestamp-millis" },
    "string",
    "double",
    { type: "bytes", logicalType: "decimal", precision: 4 },
  ];
  const wrapped = ready(apart, { logicalTypes: true });
  // A decimal is text, as "string" is.
  expect(roundTrip(wrapped, { string: "12" })).toStrictEqual({ string: "12" });
  expect(roundTrip(wrapped, { bytes: "12" })).toStrictEqual({ bytes: "12" });
  const exact = ready(["null", "long", { type: "bytes", logicalType: "decimal", precision: 4 }, { type: "int", logicalType: "date" }], {
    logicalTypes: true,
    long: "bigint",
  });
  for (const given of [null, 12n, "12", new Date(0)]) expect(roundTrip(exact, given)).toStrictEqual(given);
  const objects = ready(
    [
      { type: "int", logicalType: "date" },
      { type: "record", name: "Empty", fields: [] },
    ],
    { logicalTypes: true },
  );
  for (const given of [{}, new Date(0)]) expect(roundTrip(objects, given)).toStrictEqual(given);
  const plain = ready(apart.slice(0, 4), { logicalTypes: true });
  for (const given of [null, new Date(5), "text", 1.5]) expect(roundTrip(plain, given)).toStrictEqual(given);
});

test("instants and decimals survive the round trip, whatever they are", () => {
  const instants = ready<string>({ type: "long", logicalType: "timestamp-micros" }, { logicalTypes: true });
  const numbers = ready<bigint>({ type: "long", logicalType: "timestamp-micros" }, { long: "bigint" });
  const most = 8_640_000_000_000_000_000n;
  fc.assert(
    fc.property(fc.bigInt({ min: -most, max: most }), (micros) => {
      const data = numbers.serialize(micros);
      void instants.prepareToDeserialize(data);
      expect(instants.serialize(instants.deserialize(data)).equals(data)).toBe(true);
    }),
  );
  const decimals = ready<string>({ type: "bytes", logicalType: "decimal", precision: 30, scale: 5 }, { logicalTypes: true });
  const limit = 10n ** 30n - 1n;
  fc.assert(
    fc.property(fc.bigInt({ min: -limit, max: limit }), (unscaled) => {
      const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(6, "0");
      const text = `${unscaled < 0n ? "-" : ""}${digits.slice(0, -5)}.${digits.slice(-5)}`;
      expect(roundTrip(decimals, text)).toBe(text);
    }),
  );
});

test("with long as BigInt all 64 bits come back, also in unions, defaults and from an int", () => {
  const source = createInMemorySchemas();
  const serde = ready<bigint>('"long"', { long: "bigint" }, source);
  const edges = [0n, -1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer().map(BigInt)),
      (long) => {
        expect(roundTrip(serde, long)).toBe(long);
      },
    ),
  );
  for (const wrong of [2n ** 63n, -(2n ** 63n) - 1n, 5, "5"]) {
    expect(() => serde.serialize(wrong as bigint)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  }
  const record = {
    type: "record",
    name: "R",
    fields: [
      { name: "a", type: ["null", "long"] },
      { name: "b", type: "long", default: -5 },
      { name: "at", type: { type: "long", logicalType: "timestamp-millis" }, default: 7 },
    ],
  };
  const options = { long: "bigint", logicalTypes: true } as const;
  expect(roundTrip<object>(ready(record, options), { a: 2n ** 60n })).toStrictEqual({ a: 2n ** 60n, b: -5n, at: new Date(7) });
  const older = ready<object>({ type: "record", name: "R", fields: [{ name: "a", type: "int" }] }, {}, source);
  const newer = ready<object>(record, options, source);
  const data = older.serialize({ a: 6 });
  void newer.prepareToDeserialize(data);
  expect(newer.deserialize(data)).toStrictEqual({ a: 6n, b: -5n, at: new Date(7) });
  expect(() => avro({ ...record, fields: [{ name: "b", type: "long", default: 2 ** 60 }] }, { long: "bigint" })).toThrow(
    expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }),
  );
});

test("the bytes of numbers, BigInts and defaults are the same, also below -2^52", () => {
  const deep = -(2 ** 53) + 1;
  const schema = { type: "record", name: "R", fields: [{ name: "a", type: "long", default: deep }] };
  const number = ready<object>(schema);
  expect(roundTrip<object>(number, {})).toStrictEqual({ a: deep });
  expect(number.serialize({}).equals(ready<object>(schema, { long: "bigint" }).serialize({ a: BigInt(deep) }))).toBe(true);
});

test("a Date is a plain long's milliseconds where that was asked for, never one of microseconds", () => {
  const fields = [
    { name: "a", type: "long" },
    { name: "b", type: ["null", "long", "string"] },
  ];
  const serde = ready<object>({ type: "record", name: "R", fields }, { datesAsMillis: true });
  const at = new Date(1_672_531_200_000);
  expect(roundTrip<object>(serde, { a: at, b: at })).toStrictEqual({ a: 1_672_531_200_000, b: 1_672_531_200_000 });
  expect(roundTrip<object>(serde, { a: 5, b: null })).toStrictEqual({ a: 5, b: null });
  expect(() => serde.serialize({ a: new Date(Number.NaN), b: null })).toThrow(expect.objectContaining({ path: "a" }));
  const micros = ready({ type: "long", logicalType: "timestamp-micros" }, { datesAsMillis: true });
  expect(() => micros.serialize(at)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  expect(() => ready<unknown>('"long"').serialize(at)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  expect(() => avro('"long"', { datesAsMillis: true, long: "bigint" })).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
});

test("the defaults false, 0 and empty text stay in the schema and fill what is left out; a union's is of its first branch", () => {
  const fields = [
    { name: "flag", type: "boolean", default: false },
    { name: "count", type: ["int", "null"], default: 0 },
    { name: "text", type: "string", default: "" },
    { name: "none", type: ["null", "string"], default: null },
  ];
  const descriptor = avro<object>({ type: "record", name: "R", fields });
  expect(JSON.parse(descriptor.schema!.text)).toMatchObject({ fields });
  expect(roundTrip<object>(ready({ type: "record", name: "R", fields }), {})).toStrictEqual({
    flag: false,
    count: 0,
    text: "",
    none: null,
  });
  const wrong = [{ name: "count", type: ["null", "int"], default: 0 }];
  expect(() => avro({ type: "record", name: "R", fields: wrong })).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
});

test("logical types are converted, too, where the writer's schema was another: without them, with narrower types, in and out of unions", () => {
  const source = createInMemorySchemas();
  const fields = [
    { name: "day", type: "int" },
    { name: "at", type: "int" },
    { name: "exact", type: ["null", "long"] },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 } },
    { name: "list", type: { type: "array", items: "long" } },
    { name: "gone", type: { type: "long", logicalType: "timestamp-millis" } },
  ];
  const millis = { type: "long", logicalType: "timestamp-millis" };
  const newer = [
    { name: "day", type: { type: "int", logicalType: "date" } },
    { name: "at", type: ["null", millis] },
    { name: "exact", type: ["null", { type: "long", logicalType: "timestamp-micros" }] },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 } },
    { name: "list", type: { type: "array", items: millis } },
    { name: "added", type: millis, default: 5 },
    { name: "amount", type: { type: "bytes", logicalType: "decimal", precision: 4, scale: 1 }, default: "\u0001" },
  ];
  const writer = ready<object>({ type: "record", name: "R", fields }, {}, source);
  const reader = ready<object>({ type: "record", name: "R", fields: newer }, { logicalTypes: true }, source);
  const data = writer.serialize({ day: 1, at: 2, exact: 3, price: Buffer.from([100]), list: [4], gone: 0 });
  void reader.prepareToDeserialize(data);
  const read = reader.deserialize(data);
  expect(read).toStrictEqual({
    day: new Date(86_400_000),
    at: new Date(2),
    exact: "1970-01-01T00:00:00.000003Z",
    price: "1.00",
    list: [new Date(4)],
    added: new Date(5),
    amount: "0.1",
  });
  // A default is nobody's to change.
  (read as { added: Date }).added.setTime(9);
  expect(reader.deserialize(data)).toMatchObject({ added: new Date(5) });
});
