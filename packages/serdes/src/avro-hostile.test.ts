import { expect, test } from "vitest";
import { everyAvroType } from "../test/support/every-avro-type.ts";
import { checkHostileBytes } from "../test/support/hostile-bytes.ts";
import { avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import type { Serde } from "./serde.ts";

const everything = {
  type: "record",
  name: "All",
  fields: [...everyAvroType, { name: "nothings", type: { type: "array", items: "null" } }, { name: "next", type: ["null", "All"] }],
};

function bound(schema: object | string, source = createInMemorySchemas()): Serde<unknown> {
  const serde = avro(schema).bind({ topic: "t", part: "value", source });
  void serde.prepareToSerialize();
  return serde;
}

/** Decodes a body given as hex under schema id 1. */
function decode(serde: Serde<unknown>, body: string): unknown {
  const data = Buffer.from(`0000000001${body}`, "hex");
  void serde.prepareToDeserialize(data);
  return serde.deserialize(data);
}

const sample = {
  flag: true,
  int: -5,
  long: 2 ** 40,
  float: 1.5,
  double: 2.5,
  text: "text",
  bytes: Buffer.from("bytes"),
  fixed: Buffer.from("four"),
  state: "B",
  maybe: "yes",
  list: [1, 2],
  nothings: [null, null],
  map: { k: "v" },
  next: null,
};

test("every shorter form of a record is truncated, and every longer one has trailing bytes", () => {
  const serde = bound(everything);
  const data = serde.serialize(sample);
  void serde.prepareToDeserialize(data);
  expect(serde.deserialize(data)).toStrictEqual(sample);
  for (let length = 0; length < data.length; length++) {
    expect(() => serde.deserialize(data.subarray(0, length))).toThrow(expect.objectContaining({ code: "SERDE_TRUNCATED" }));
  }
  expect(() => serde.deserialize(Buffer.concat([data, Buffer.alloc(1)]))).toThrow(
    expect.objectContaining({ code: "SERDE_TRAILING_BYTES", schemaId: 1 }),
  );
});

test("random bytes and flipped bits give a value or a SerdeError, nothing else", () => {
  const serde = bound(everything);
  const data = serde.serialize({ ...sample, next: sample });
  void serde.prepareToDeserialize(data);
  checkHostileBytes(serde, data);
});

// 2^40 and 2^53 - 1 items; -2^40 with a block size.
const hugeCounts = ["8080808080808001", "feffffffffffff1f", "ffffffffff3f00"];

test("claimed item counts cost neither memory nor time, also where items take no bytes", () => {
  const serdes = [
    bound({ type: "array", items: "long" }),
    bound({ type: "array", items: "null" }),
    bound({ type: "map", values: "null" }),
    bound({ type: "array", items: { type: "record", name: "Empty", fields: [] } }),
  ];
  const before = process.memoryUsage().heapUsed;
  const startedAt = performance.now();
  for (const serde of serdes) {
    for (const count of hugeCounts) expect(() => decode(serde, count)).toThrow(expect.objectContaining({ code: "SERDE_TOO_LARGE" }));
  }
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
});

test("the same counts in a field that the reader skips are refused too, and so are sizes that lead backwards", () => {
  for (const items of ["long", "null", "string"]) {
    for (const type of [
      { type: "array", items },
      { type: "map", values: items },
    ]) {
      const source = createInMemorySchemas();
      bound(
        {
          type: "record",
          name: "R",
          fields: [
            { name: "gone", type },
            { name: "kept", type: "int" },
          ],
        },
        source,
      );
      const reader = bound({ type: "record", name: "R", fields: [{ name: "kept", type: "int" }] }, source);
      for (const body of ["8080808080808001", "feffffffffffff1f", "0101", "ffffffffff3f01"]) {
        expect(() => decode(reader, body)).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/SERDE_(TOO_LARGE|INVALID_DATA|TRUNCATED)/) as string }),
        );
      }
      // One block of one item, skipped by its size.
      const item = items === "null" ? "" : items === "long" ? "02" : "0261";
      const block = type.type === "map" ? `0278${item}` : item;
      const size = (block.length / 2) * 2;
      expect(decode(reader, `01${size.toString(16).padStart(2, "0")}${block}0004`)).toStrictEqual({ kept: 2 });
    }
  }
});

test("lengths that are negative or beyond the data are refused", () => {
  for (const type of ['"string"', '"bytes"']) {
    const serde = bound(type);
    expect(() => decode(serde, "01")).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
    expect(() => decode(serde, "feffffff0f")).toThrow(expect.objectContaining({ code: "SERDE_TRUNCATED" }));
  }
});

test("primitives out of their range are refused", () => {
  expect(() => decode(bound('"boolean"'), "02")).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
  expect(() => decode(bound('"int"'), "8080808010")).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
  expect(() => decode(bound('"long"'), "ffffffffffffffffffff01")).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
  expect(() => decode(bound('"long"'), "ffffffffffffffffff01")).toThrow(expect.objectContaining({ code: "SERDE_UNSAFE_INTEGER" }));
  expect(() => decode(bound(["null", "string"]), "04")).toThrow(expect.objectContaining({ code: "SERDE_INVALID_DATA" }));
  expect(() => decode(bound({ type: "enum", name: "E", symbols: ["A"] }), "02")).toThrow(
    expect.objectContaining({ code: "SERDE_INVALID_DATA" }),
  );
});

test("nesting beyond the stack is an error, and the serde goes on working", () => {
  const serde = bound({ type: "record", name: "Node", fields: [{ name: "next", type: ["null", "Node"] }] });
  expect(() => decode(serde, "02".repeat(1_000_000))).toThrow(expect.objectContaining({ code: "SERDE_TOO_LARGE" }));
  let deep: object = { next: null };
  for (let level = 0; level < 100_000; level++) deep = { next: deep };
  expect(() => serde.serialize(deep)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  expect(decode(serde, "0200")).toStrictEqual({ next: { next: null } });
});

test("data without the framing says what it is instead", () => {
  const serde = bound('"string"');
  expect(() => serde.deserialize(Buffer.from('{"a":1}'))).toThrow(expect.objectContaining({ code: "SERDE_BAD_MAGIC" }));
  expect(() => serde.deserialize(Buffer.alloc(0))).toThrow(expect.objectContaining({ code: "SERDE_TRUNCATED" }));
  expect(serde.prepareToDeserialize(Buffer.from("text"))).toBeUndefined();
});
