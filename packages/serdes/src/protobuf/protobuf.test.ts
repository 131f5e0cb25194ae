import fc from "fast-check";
import { expect, test } from "vitest";
import { checkHostileBytes } from "../../test/support/hostile-bytes.ts";
import { createInMemorySchemas } from "../in-memory-schemas.ts";
import type { SchemaSource, Serde, SerdeHeader } from "../serde.ts";
import { SerdeError } from "../serde-error.ts";
import { type ProtobufOptions, protobuf } from "./protobuf.ts";

const order = `
  syntax = "proto3";
  package shop;
  import "google/protobuf/timestamp.proto";

  message Order {
    enum State { OPEN = 0; DONE = 1; }
    message Item {
      string sku = 1;
      message Part { uint32 number = 1; }
      map<string, Part> parts = 2;
    }
    string order_id = 1;
    int64 cents = 2;
    State state = 3;
    repeated Item items = 4;
    map<int64, bytes> proofs = 5;
    map<bool, double> flags = 6;
    optional string note = 7;
    oneof payment { string card = 8; Cash cash = 9; }
    google.protobuf.Timestamp placed_at = 10;
    repeated sint32 deltas = 11;
    Order parent = 12;
    fixed64 big = 13;
    repeated State history = 14;
    float ratio = 15;
    bool paid = 16;
  }
  message Cash { bool change = 1; }
`;
const value = {
  orderId: "o-1",
  cents: -(2 ** 53) + 1,
  state: "DONE",
  items: [
    { sku: "a", parts: { left: { number: 4_294_967_295 }, ["__proto__"]: { number: 1 } } },
    { sku: "", parts: {} },
  ],
  proofs: { "-9223372036854775808": Buffer.from("x"), "5": Buffer.alloc(0) },
  flags: { true: 1.5, false: 0 },
  note: "",
  cash: { change: false },
  placedAt: { seconds: 1_795_287_256, nanos: 123 },
  deltas: [-1, 0, 2_147_483_647],
  parent: {
    orderId: "",
    cents: 0,
    state: "OPEN",
    items: [],
    proofs: {},
    flags: {},
    deltas: [],
    big: 0,
    history: [],
    ratio: 0,
    paid: false,
  },
  big: 2 ** 53 - 1,
  history: ["OPEN", 7],
  ratio: 0.5,
  paid: true,
};

function ready<T = unknown>(schema: string, options: ProtobufOptions = {}, source: SchemaSource = createInMemorySchemas()): Serde<T> {
  const serde = protobuf<T>(schema, options).bind({ topic: "t", part: "value", source });
  expect(serde.prepareToSerialize()).toBeUndefined();
  return serde;
}

function decode<T>(serde: Serde<T>, data: Buffer): T {
  expect(serde.prepareToDeserialize(data)).toBeUndefined();
  return serde.deserialize(data);
}

test("every kind of field comes back: nested, repeated, maps, enums, oneofs, a well-known type; what was not there only if it has a default", () => {
  const serde = ready<object>(order);
  expect(decode(serde, serde.serialize(value))).toStrictEqual(value);
  expect(decode(serde, serde.serialize({}))).toStrictEqual(value.parent);
});

test("the framing is byte 0, the id, the message indexes as zigzag varints, then the body", () => {
  const source = createInMemorySchemas();
  const framed = (rest: string): string => `0000000001${rest}`;
  const bytes = (message: string, given: object): string => ready<object>(order, { message }, source).serialize(given).toString("hex");
  expect(bytes("Order", { orderId: "a" })).toBe(framed("000a0161"));
  expect(bytes("shop.Cash", { change: true })).toBe(framed("02020801"));
  expect(bytes("Order.Item", { sku: "a" })).toBe(framed("0400000a0161"));
  // A map's entry is no message of its own.
  expect(bytes("shop.Order.Item.Part", { number: 1 })).toBe(framed("060000000801"));
  const many = `syntax = "proto3"; ${Array.from({ length: 71 }, (_, index) => `message M${index} {}`).join(" ")}`;
  expect(ready<object>(many, { message: "M70" }).serialize({}).toString("hex")).toBe(framed("028c01"));
});

test("bytes of clients that leave the indexes out are read; indexes of another message, or of none, are refused", () => {
  const source = createInMemorySchemas();
  const cash = ready<object>(order, { message: "Cash" }, source);
  const body = (hex: string): Buffer => Buffer.from(`0000000001${hex}`, "hex");
  expect(decode(cash, body("02020801"))).toStrictEqual({ change: true });
  expect(decode(cash, body("0801"))).toStrictEqual({ change: true });
  expect(decode(cash, body(""))).toStrictEqual({ change: false });
  expect(() => decode(cash, body("000801"))).toThrow(expect.objectContaining({ code: "SERDE_INCOMPATIBLE_SCHEMA", schemaId: 1 }));
  for (const hex of ["0204", "0408", "07", "01", "0280"]) {
    expect(() => decode(cash, body(hex)), hex).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA", schemaId: 1 }));
  }
});

test("a schema id in a header leaves the body alone, without message indexes, and both forms are read", () => {
  const source = createInMemorySchemas();
  const framed = ready<object>(order, { message: "Cash" }, source);
  const bare = ready<object>(order, { message: "Cash", framing: "header" }, source);
  const headers: SerdeHeader[] = [];
  const data = bare.serialize({ change: true }, headers);
  expect(data.toString("hex")).toBe("0801");
  expect(headers).toEqual([["schema_id", Buffer.from("1")]]);
  const whole = framed.serialize({ change: true });
  for (const serde of [framed, bare]) {
    expect(serde.prepareToDeserialize(data, headers)).toBeUndefined();
    expect(serde.deserialize(data, headers)).toStrictEqual({ change: true });
    expect(serde.deserialize(whole, headers)).toStrictEqual({ change: true });
    expect(() => serde.deserialize(data)).toThrow(expect.objectContaining({ code: "SERDE_BAD_MAGIC" }));
  }
});

test("another version of the message is read by field number, and its message is found by name", () => {
  const source = createInMemorySchemas();
  const v1 = ready<object>(
    'syntax = "proto3"; package a; message Old {} message M { string gone = 1; int32 kept = 2; }',
    { message: "M" },
    source,
  );
  const v2 = ready<object>('syntax = "proto3"; package b; message M { int32 renamed = 2; string added = 3; }', {}, source);
  expect(decode(v2, v1.serialize({ gone: "x", kept: 5 }))).toStrictEqual({ renamed: 5, added: "" });
});

test("imports come from the references, also indirect ones", async () => {
  const money = 'syntax = "proto3"; package shop; message Money { int64 cents = 1; }';
  const item =
    'syntax = "proto3"; package shop; import "money.proto"; import "google/protobuf/wrappers.proto"; message Item { Money price = 1; google.protobuf.StringValue tag = 2; }';
  const cart = 'syntax = "proto3"; import "item.proto"; import "company/annotations.proto"; message Cart { repeated shop.Item items = 1; }';
  const references = [
    { name: "item.proto", subject: "item", version: 1, schema: item },
    { name: "money.proto", subject: "money", version: 1, schema: money },
  ];
  const source = createInMemorySchemas();
  const serde = ready<object>(cart, { references }, source);
  const given = { items: [{ price: { cents: 5 }, tag: { value: "x" } }] };
  const data = serde.serialize(given);
  // What the registry says of the writer's file is enough, even if its references cannot be had.
  expect(decode(serde, data)).toStrictEqual(given);
  expect(protobuf(cart, { references }).schema?.references).toEqual(
    references.map(({ name, subject, version }) => ({ name, subject, version })),
  );
  expect(() => protobuf(cart)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
});

test("the well-known types are there, with their fields named as all others", () => {
  const files = ["any", "duration", "empty", "field_mask", "struct", "wrappers"].map((name) => `import "google/protobuf/${name}.proto";`);
  const serde = ready<object>(`syntax = "proto3"; ${files.join(" ")} message M {
    google.protobuf.Any any = 1; google.protobuf.Duration wait = 2; google.protobuf.Empty nothing = 3; google.protobuf.FieldMask mask = 4;
    google.protobuf.Struct data = 5; google.protobuf.BoolValue flag = 6; google.protobuf.Int64Value count = 7;
  }`);
  const given = {
    any: { typeUrl: "x/y", value: Buffer.from("z") },
    wait: { seconds: 0, nanos: 0 },
    nothing: {},
    mask: { paths: ["a.b"] },
    data: { fields: { n: { numberValue: 0 }, l: { listValue: { values: [{ nullValue: "NULL_VALUE" }, { boolValue: false }] } } } },
    flag: { value: false },
    count: { value: 2 ** 53 - 1 },
  };
  expect(decode(serde, serde.serialize(given))).toStrictEqual(given);
  // As other clients write it: defaults without presence are left out.
  expect(serde.serialize({ wait: { seconds: 0, nanos: 0 }, flag: { value: false } }).toString("hex")).toBe("00000000010012003200");
});

test("a value that does not fit is refused with its path and type, but not itself", () => {
  const serde = ready<object>(order);
  const rows: [object, string, string][] = [
    [{ orderId: 7 }, "orderId", "number"],
    [{ orderId: "\ud800" }, "orderId", "string"],
    [{ cents: 2 ** 53 }, "cents", "number"],
    [{ cents: 7n }, "cents", "bigint"],
    [{ big: -1 }, "big", "number"],
    [{ state: "secret" }, "state", "string"],
    [{ state: "constructor" }, "state", "string"],
    [{ items: [{}, { sku: ["secret"] }] }, "items.1.sku", "array"],
    [{ items: [{}, { parts: { secret: "secret" } }] }, "items.1.parts.secret", "string"],
    [{ items: [undefined] }, "items.0", "undefined"],
    [{ items: {} }, "items", "object"],
    // A hole.
    [{ deltas: Object.assign([1], { 2: 3 }) }, "deltas.1", "undefined"],
    [{ proofs: { secret: Buffer.alloc(0) } }, "proofs.secret", "string"],
    [{ flags: { yes: 1 } }, "flags.yes", "string"],
    [{ proofs: [] }, "proofs", "array"],
    [{ deltas: [2 ** 31] }, "deltas.0", "number"],
    [{ card: "x", cash: {} }, "", "object"],
    [[], "", "array"],
  ];
  for (const [given, path, valueType] of rows) {
    expect(() => serde.serialize(given), path).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE", path, valueType }));
  }
  let deep: object = {};
  for (let level = 0; level < 100_000; level++) deep = { parent: deep };
  expect(() => serde.serialize(deep)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  expect(() => ready<object>('syntax = "proto2"; message M { required int32 a = 1; }').serialize({})).toThrow(
    expect.objectContaining({ code: "SERDE_INVALID_VALUE", path: "a" }),
  );
  expect(decode(serde, serde.serialize(value))).toStrictEqual(value);
});

test("64-bit integers are exact: an error beyond 2^53 - 1, or BigInts", () => {
  const schema =
    'syntax = "proto3"; message M { int64 a = 1; uint64 b = 2; sfixed64 c = 3; repeated sint64 d = 4; map<uint64, fixed64> e = 5; }';
  const source = createInMemorySchemas();
  const numbers = ready<object>(schema, {}, source);
  const big = ready<object>(schema, { long: "bigint" }, source);
  const signed = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.integer().map(BigInt));
  const unsigned = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(signed, unsigned, fc.array(signed), unsigned, (a, b, d, key) => {
      const given = { a, b, c: a, d, e: { [String(key)]: b } };
      const data = big.serialize(given);
      expect(decode(big, data)).toStrictEqual(given);
      const isExact = [a, b, ...d].every((long) => Number.isSafeInteger(Number(long)));
      if (isExact)
        expect(decode(numbers, data)).toStrictEqual({
          a: Number(a),
          b: Number(b),
          c: Number(a),
          d: d.map(Number),
          e: { [String(key)]: Number(b) },
        });
      else expect(() => decode(numbers, data)).toThrow(expect.objectContaining({ code: "SERDE_UNSAFE_INTEGER", schemaId: 1 }));
    }),
    { numRuns: 300 },
  );
  for (const given of [{ a: 2n ** 63n }, { b: -1n }, { b: 2n ** 64n }, { a: 5 }]) {
    expect(() => big.serialize(given)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  }
});

test("field names may stay as the file has them", () => {
  const serde = ready<object>('syntax = "proto3"; message M { string order_id = 1; }', { keepCase: true });
  expect(decode(serde, serde.serialize({ order_id: "a" }))).toStrictEqual({ order_id: "a" });
});

test("every cut, flipped or random byte gives a value or a SerdeError, in bounded time", () => {
  const serde = ready<object>(order);
  const data = serde.serialize(value);
  void decode(serde, data);
  checkHostileBytes(serde, data);
  const framed = (body: Buffer): Buffer => Buffer.concat([data.subarray(0, 6), body]);
  expect(() => serde.deserialize(framed(Buffer.from("0aff", "hex")))).toThrow(
    expect.objectContaining({ code: "SERDE_TRUNCATED", schemaId: 1 }),
  );
  expect(() => serde.deserialize(framed(Buffer.from("0affffffff07", "hex")))).toThrow(expect.objectContaining({ code: "SERDE_TRUNCATED" }));
  expect(() => serde.deserialize(framed(Buffer.from("0f", "hex")))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
  let deep = Buffer.alloc(0);
  for (let level = 0; level < 200; level++) {
    const length = deep.length;
    deep = Buffer.concat([Buffer.from(length < 128 ? [0x62, length] : [0x62, (length & 0x7f) | 0x80, length >> 7]), deep]);
  }
  expect(() => serde.deserialize(framed(deep))).toThrow(expect.objectContaining({ code: "SERDE_TOO_LARGE" }));
  const groups = Buffer.alloc(1_000_000, 0x93);
  expect(() => serde.deserialize(framed(groups))).toThrow(SerdeError);
});

test("a schema that cannot be used is refused where it is written down; a writer's fails its own records only", () => {
  const schemas = [
    "",
    "message",
    'syntax = "proto3"; enum E { A = 0; }',
    'syntax = "proto3"; message M { Missing a = 1; }',
    `message ${"A { message ".repeat(5_000)}`,
  ];
  for (const schema of schemas) expect(() => protobuf(schema)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_SCHEMA" }));
  expect(() => protobuf(order, { message: "Missing" })).toThrow(/no message Missing/);
  expect(() => protobuf(order).bind({ topic: "t", part: "key" })).toThrow(expect.objectContaining({ code: "SERDE_NO_SCHEMA_SOURCE" }));
  const source: SchemaSource = {
    idFor: () => 1,
    schemaFor: (id) =>
      id === 1 ? { type: "PROTOBUF", text: order } : id === 2 ? { type: "PROTOBUF", text: "nonsense" } : { type: "AVRO", text: '"int"' },
  };
  const serde = ready<object>(order, {}, source);
  for (const [id, code] of [
    [2, "SERDE_INVALID_SCHEMA"],
    [3, "SERDE_INCOMPATIBLE_SCHEMA"],
  ] as const) {
    expect(() => decode(serde, Buffer.from([0, 0, 0, 0, id, 0]))).toThrow(expect.objectContaining({ code }));
  }
  expect(decode(serde, serde.serialize(value))).toStrictEqual(value);
});
