import avsc from "avsc";
import fc from "fast-check";
import { expect, test } from "vitest";
import { everyAvroType } from "../test/support/every-avro-type.ts";
import { avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";

const schema = { type: "record", name: "Wire", fields: everyAvroType } as const;

const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 100 }), fc.string({ unit: "binary-ascii", maxLength: 40 }));
const buffer = (length: { minLength?: number; maxLength: number }): fc.Arbitrary<Buffer> =>
  fc.uint8Array(length).map((data) => Buffer.from(data));
const value = fc.record(
  {
    flag: fc.boolean(),
    int: fc.integer(),
    // Beyond it avsc's own encoder rounds: see below.
    long: fc.maxSafeInteger().filter((number) => Math.abs(number) <= 2 ** 52),
    float: fc.float({ noNaN: true }),
    double: fc.double({ noNaN: true }),
    text,
    bytes: buffer({ maxLength: 50 }),
    fixed: buffer({ minLength: 4, maxLength: 4 }),
    state: fc.constantFrom("A", "B", "C"),
    maybe: fc.option(text),
    list: fc.array(fc.double({ noNaN: true }), { maxLength: 5 }),
    map: fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true }).map((map) => {
      const { ["__proto__"]: _, ...rest } = map;
      return rest;
    }),
  },
  { noNullPrototype: true },
);

test("our bytes are those of avsc's own encoder, and both directions give the value back", () => {
  const peer = avsc.Type.forSchema(JSON.parse(JSON.stringify(schema)) as avsc.Schema);
  const serde = avro<object>(schema).bind({ topic: "t", part: "value", source: createInMemorySchemas() });
  void serde.prepareToSerialize();
  void serde.prepareToDeserialize(serde.serialize(peer.random()));
  fc.assert(
    fc.property(value, (record) => {
      const data = serde.serialize(record);
      const theirs = peer.toBuffer(record);
      expect(data.subarray(5).equals(theirs)).toBe(true);
      expect(serde.deserialize(Buffer.concat([data.subarray(0, 5), theirs]))).toStrictEqual(record);
    }),
    { numRuns: 500 },
  );
});

/** The specification's zigzag and base-128 form, in arithmetic that cannot round. avsc itself writes wrong bytes from -2^52 - 1 down. */
function longBytes(number: number): Buffer {
  let rest = (BigInt(number) << 1n) ^ (BigInt(number) >> 63n);
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

test("every exact integer is written as the specification says, and comes back", () => {
  const serde = avro<number>('"long"').bind({ topic: "t", part: "value", source: createInMemorySchemas() });
  void serde.prepareToSerialize();
  void serde.prepareToDeserialize(serde.serialize(0));
  const edges = [7, 14, 21, 28, 30, 31, 32, 35, 42, 49, 52, 53].flatMap((bits) => [2 ** (bits - 1) - 1, 2 ** (bits - 1), 2 ** bits - 1]);
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(...edges, ...edges.map((edge) => -edge))), (number) => {
      const data = serde.serialize(number);
      expect(data.subarray(5).equals(longBytes(number))).toBe(true);
      expect(serde.deserialize(data)).toBe(number);
    }),
    { numRuns: 2_000 },
  );
});
