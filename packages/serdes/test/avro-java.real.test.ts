import { fileURLToPath } from "node:url";
import { runAvroJava } from "@millrace/cluster";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AvroOptions, avro, createInMemorySchemas, type SchemaSource, type Serde } from "../src/index.ts";
import { everyAvroType } from "./support/every-avro-type.ts";

const program = fileURLToPath(new URL("java/AvroBytes.java", import.meta.url));

const writer = { type: "record", name: "Wire", fields: [...everyAvroType, { name: "next", type: ["null", "Wire"] }] };
/** Fewer fields, wider types, an alias, defaults: all that schema resolution has to do. */
const reader = {
  type: "record",
  name: "Wire",
  fields: [
    { name: "added", type: "string", default: "" },
    { name: "int", type: "long" },
    { name: "long", type: "double" },
    { name: "renamed", type: "string", aliases: ["text"] },
    { name: "bytes", type: "string" },
    { name: "state", type: { type: "enum", name: "State", symbols: ["A", "C", "OTHER"], default: "OTHER" } },
    { name: "maybe", type: ["string", "null"] },
    { name: "list", type: { type: "array", items: "double" } },
    { name: "next", type: ["null", "Wire"] },
    { name: "zero", type: "int", default: 0 },
  ],
};

const text = fc.string({ unit: "grapheme", maxLength: 30 });
const data = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes));
const { wire } = fc.letrec<{ wire: object }>((tie) => ({
  wire: fc.record(
    {
      flag: fc.boolean(),
      int: fc.integer(),
      // Java reads a long as a double rounded; we refuse what would be.
      long: fc.maxSafeInteger(),
      float: fc.float({ noNaN: true }),
      double: fc.double({ noNaN: true }),
      text,
      // Read as a string, too.
      bytes: fc.string({ unit: "grapheme-ascii", maxLength: 20 }).map((ascii) => Buffer.from(ascii)),
      fixed: data(4, 4),
      state: fc.constantFrom("A", "B", "C"),
      maybe: fc.option(text),
      list: fc.array(fc.double({ noNaN: true }), { maxLength: 40 }),
      map: fc.dictionary(
        text.filter((key) => key !== "__proto__"),
        text,
        { maxKeys: 4, noNullPrototype: true },
      ),
      next: fc.option(tie("wire"), { maxDepth: 2 }),
    },
    { noNullPrototype: true },
  ),
}));

const schemaId = 1;
function serdeOf<T>(schema: object, options: AvroOptions = {}, source: SchemaSource = createInMemorySchemas()): Serde<T> {
  const serde = avro<T>(schema, options).bind({ topic: "t", part: "value", source });
  expect(serde.prepareToSerialize()).toBeUndefined();
  return serde;
}

const line = (what: "bytes" | "values", from: object, to: object, record: Buffer): string =>
  [what, JSON.stringify(from), JSON.stringify(to), record.subarray(5).toString("base64")].join("\t");
const framed = (body: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 0, schemaId]), Buffer.from(body, "base64")]);

function decode<T>(serde: Serde<T>, bytes: Buffer): T {
  expect(serde.prepareToDeserialize(bytes)).toBeUndefined();
  return serde.deserialize(bytes);
}

test("Apache Avro for Java reads our bytes and we read its, also where the reader's schema is another", { timeout: 600_000 }, async () => {
  const records = fc.sample(wire, { numRuns: 300, seed: 11 });
  const source = createInMemorySchemas();
  const writing = serdeOf<object>(writer, {}, source);
  const reading = serdeOf<object>(reader, {}, source);
  const readingAlone = serdeOf<object>(reader);
  const encoded = records.map((record) => writing.serialize(record));
  const answers = await runAvroJava(program, [
    ...encoded.map((record) => line("bytes", writer, writer, record)),
    ...encoded.map((record) => line("bytes", writer, reader, record)),
  ]);
  expect(answers.length).toBe(2 * records.length);
  for (const [index, record] of records.entries()) {
    expect(decode(writing, framed(answers[index]!))).toStrictEqual(record);
    // Its bytes are of the reader's schema, which is the first one of a source of its own.
    expect(decode(readingAlone, framed(answers[records.length + index]!))).toStrictEqual(decode(reading, encoded[index]!));
  }
});

test("logical types stand for the same as with Java's conversions", { timeout: 600_000 }, async () => {
  const schema = {
    type: "record",
    name: "Logical",
    fields: [
      { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 20, scale: 4 } },
      { name: "packed", type: { type: "fixed", name: "Money", size: 6, logicalType: "decimal", precision: 12, scale: 0 } },
      { name: "id", type: { type: "string", logicalType: "uuid" } },
      { name: "day", type: { type: "int", logicalType: "date" } },
      { name: "time", type: { type: "int", logicalType: "time-millis" } },
      { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
      { name: "exact", type: { type: "long", logicalType: "timestamp-micros" } },
      { name: "local", type: { type: "long", logicalType: "local-timestamp-micros" } },
    ],
  };
  const limit = 10n ** 20n - 1n;
  const time = fc.integer({ min: -60_000_000_000_000, max: 60_000_000_000_000 });
  const digits = (unscaled: bigint): string => {
    const padded = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(5, "0");
    return `${unscaled < 0n ? "-" : ""}${padded.slice(0, -4)}.${padded.slice(-4)}`;
  };
  const micros = (at: number, micro: number): string => `${new Date(at).toISOString().slice(0, -1)}${String(micro).padStart(3, "0")}`;
  const records = fc.sample(
    fc.record({
      price: fc.bigInt({ min: -limit, max: limit }).map(digits),
      packed: fc.bigInt({ min: -(10n ** 12n) + 1n, max: 10n ** 12n - 1n }).map(String),
      id: fc.uuid(),
      day: fc.integer({ min: -200_000, max: 200_000 }).map((day) => new Date(day * 86_400_000)),
      time: fc.integer({ min: 0, max: 86_399_999 }),
      at: time.map((at) => new Date(at)),
      exact: fc.tuple(time, fc.nat(999)).map(([at, micro]) => `${micros(at, micro)}Z`),
      local: fc.tuple(time, fc.nat(999)).map(([at, micro]) => micros(at, micro)),
    }),
    { numRuns: 200, seed: 12 },
  );
  const serde = serdeOf<(typeof records)[number]>(schema, { logicalTypes: true });
  const answers = await runAvroJava(
    program,
    records.map((record) => line("values", schema, schema, serde.serialize(record))),
  );
  const expected = records.map(({ price, packed, id, day, time: millis, at, exact, local }) =>
    [price, packed, id, day.toISOString().slice(0, 10), millis, at.toISOString().replace("Z", "000Z"), exact, local].join("\t"),
  );
  expect(answers).toEqual(expected);
});
