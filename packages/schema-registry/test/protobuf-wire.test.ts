import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { protobuf } from "@millrace/serdes/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSchemaRegistry } from "../src/index.ts";

const proto = `syntax = "proto3";
package wire;

enum State {
  OPEN = 0;
  DONE = 1;
  LATE = -5;
}

message Wire {
  double a_double = 1;
  float a_float = 2;
  int32 an_int32 = 3;
  int64 an_int64 = 4;
  uint32 a_uint32 = 5;
  uint64 a_uint64 = 6;
  sint32 a_sint32 = 7;
  sint64 a_sint64 = 8;
  fixed32 a_fixed32 = 9;
  fixed64 a_fixed64 = 10;
  sfixed32 an_sfixed32 = 11;
  sfixed64 an_sfixed64 = 12;
  bool a_bool = 13;
  string a_string = 14;
  bytes some_bytes = 15;
  State state = 16;
  optional int32 maybe = 17;
  optional string text = 18;
  repeated sint64 longs = 19;
  repeated string texts = 20;
  repeated State states = 21;
  repeated Wire children = 22;
  map<string, int64> by_text = 23;
  map<int64, Wire> by_long = 24;
  map<bool, bytes> by_bool = 25;
  oneof choice {
    string chosen_text = 26;
    Wire chosen_wire = 27;
  }
}
`;
const states = { OPEN: 0, DONE: 1, LATE: -5 } as const;
type Tree = Record<string, unknown>;

const int64 = fc.oneof(fc.constant(0n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
const uint64 = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const uint32 = fc.nat(2 ** 32 - 1);
const bytes = fc.uint8Array({ maxLength: 10 }).map((data) => Buffer.from(data));
const text = fc.string({ unit: "grapheme", maxLength: 10 });
/** One entry at most: maps have no order. */
const entry = (key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<Tree> =>
  fc.option(fc.tuple(key, value)).map((pair) => (pair === null ? {} : { [pair[0]]: pair[1] }));
const { wire } = fc.letrec<{ wire: Tree }>((tie) => {
  const child = fc.option(tie("wire"), { maxDepth: 2 });
  const always = {
    aDouble: fc.double(),
    aFloat: fc.float(),
    anInt32: fc.integer(),
    anInt64: int64,
    aUint32: uint32,
    aUint64: uint64,
    aSint32: fc.integer(),
    aSint64: int64,
    aFixed32: uint32,
    aFixed64: uint64,
    anSfixed32: fc.integer(),
    anSfixed64: int64,
    aBool: fc.boolean(),
    aString: text,
    someBytes: bytes,
    state: fc.constantFrom(...Object.keys(states)),
    longs: fc.array(int64, { maxLength: 3 }),
    texts: fc.array(text, { maxLength: 3 }),
    states: fc.array(fc.constantFrom(...Object.keys(states)), { maxLength: 3 }),
    children: child.map((one) => (one === null ? [] : [one])),
    byText: entry(
      text.filter((key) => key !== "__proto__"),
      int64,
    ),
    byLong: fc.tuple(int64.map(String), child).map(([key, one]) => (one === null ? {} : { [key]: one })),
    byBool: entry(fc.constantFrom("true", "false"), bytes),
  };
  const sometimes = { maybe: fc.integer(), text };
  const choice = fc.oneof(
    fc.constant({}),
    text.map((chosenText) => ({ chosenText })),
    child.map((chosenWire) => (chosenWire === null ? {} : { chosenWire })),
  );
  return {
    wire: fc
      .tuple(fc.record({ ...always, ...sometimes }, { requiredKeys: Object.keys(always) as never, noNullPrototype: true }), choice)
      .map(([fields, chosen]) => ({ ...fields, ...chosen })),
  };
});

/** A value as bufbuild's library takes it: enums as numbers, a oneof as a case. */
function forPeer({ chosenText, chosenWire, ...fields }: Tree): Tree {
  const number = (state: unknown): number => states[state as keyof typeof states];
  const each = (entries: unknown): Tree =>
    Object.fromEntries(Object.entries(entries as Tree).map(([key, one]) => [key, forPeer(one as Tree)]));
  return {
    ...fields,
    state: number(fields["state"]),
    states: (fields["states"] as unknown[]).map(number),
    children: (fields["children"] as Tree[]).map(forPeer),
    byLong: each(fields["byLong"]),
    ...(chosenText !== undefined && { choice: { case: "chosenText", value: chosenText } }),
    ...(chosenWire !== undefined && { choice: { case: "chosenWire", value: forPeer(chosenWire as Tree) } }),
  };
}

test("Protobuf bytes are those of bufbuild's library for any value, and come back as it", async () => {
  const registry = await startEmbeddedRegistry();
  const source = createSchemaRegistry({ url: registry.url });
  try {
    const serde = protobuf<Tree>(proto, { long: "bigint" }).bind({ topic: "t", part: "value", source });
    await serde.prepareToSerialize();
    const id = serde.serialize({}).readInt32BE(1);
    const answer = (await (await fetch(`${registry.url}/schemas/ids/${id}?format=serialized`)).json()) as { schema: string };
    const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(answer.schema, "base64"));
    const peer = createFileRegistry(file, () => undefined).getMessage("wire.Wire")!;
    await serde.prepareToDeserialize(serde.serialize({}));
    fc.assert(
      fc.property(wire, (value) => {
        const data = serde.serialize(value);
        const theirs = Buffer.from(toBinary(peer, create(peer, forPeer(value) as never)));
        expect(data.subarray(6).toString("hex")).toBe(theirs.toString("hex"));
        expect(serde.deserialize(data)).toStrictEqual(value);
      }),
      { numRuns: 150 },
    );
  } finally {
    await source.close();
    await registry.close();
  }
});
