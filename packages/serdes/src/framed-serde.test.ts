import { expect, test } from "vitest";
import { avro } from "./avro.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import type { SerdeHeader } from "./serde.ts";

const id = (value: string): SerdeHeader => ["schema_id", Buffer.from(value)];

test("a schema id in a header leaves the body without framing, and is read wherever it stands", () => {
  const source = createInMemorySchemas();
  const binding = { topic: "t", part: "value", source } as const;
  const inHeader = avro<string>('"string"', { framing: "header" }).bind(binding);
  const inFront = avro<string>('"string"').bind(binding);
  expect([inHeader.writesHeaders, inFront.writesHeaders]).toEqual([true, false]);
  void inHeader.prepareToSerialize();
  void inFront.prepareToSerialize();
  const headers: SerdeHeader[] = [["trace", null]];
  const bare = inHeader.serialize("ab", headers);
  expect(bare.toString("hex")).toBe("046162");
  expect(headers).toEqual([["trace", null], id("1")]);
  expect(() => inHeader.serialize("ab")).toThrow(expect.objectContaining({ code: "SERDE_NO_HEADERS", schemaId: 1 }));
  for (const serde of [inHeader, inFront]) {
    expect(serde.prepareToDeserialize(bare, headers)).toBeUndefined();
    expect(serde.deserialize(bare, headers)).toBe("ab");
    expect(serde.deserialize(inFront.serialize("cd"), [["trace", null]])).toBe("cd");
    expect(() => serde.deserialize(bare)).toThrow(expect.objectContaining({ code: "SERDE_BAD_MAGIC" }));
  }
});

test("key and value have a header each, and what an older id said is gone", () => {
  const source = createInMemorySchemas();
  const serdes = (["key", "value"] as const).map((part) =>
    avro<string>('"string"', { framing: "header" }).bind({ topic: "t", part, source }),
  );
  const headers: SerdeHeader[] = [id("9"), ["trace", null], id("8")];
  const data = serdes.map((serde) => {
    void serde.prepareToSerialize();
    return serde.serialize("ab", headers);
  });
  expect(headers).toEqual([["trace", null], ["key_schema_id", Buffer.from("1")], id("1")]);
  for (const [index, serde] of serdes.entries()) {
    void serde.prepareToDeserialize(data[index]!, headers);
    expect(serde.deserialize(data[index]!, headers)).toBe("ab");
  }
  const inFront = avro<string>('"string"').bind({ topic: "t", part: "value", source });
  void inFront.prepareToSerialize();
  const copied: SerdeHeader[] = [id("9"), ["trace", null]];
  const framed = inFront.serialize("ab", copied);
  expect(copied).toEqual([["trace", null]]);
  void inFront.prepareToDeserialize(framed, copied);
  // The same id in both places is the registry framing, and stays.
  const bridged: SerdeHeader[] = [id("1")];
  inFront.serialize("ab", bridged);
  expect(bridged).toEqual([id("1")]);
  for (const either of [copied, [id("1")]]) expect(inFront.deserialize(framed, either)).toBe("ab");
});

test("a body that looks like the framing with its own id is framed, so that it is read as what it is", () => {
  const source = createInMemorySchemas();
  const fields = ["a", "b", "c", "d", "e"].map((name) => ({ name, type: "int" }));
  const serde = avro({ type: "record", name: "R", fields }, { framing: "header" }).bind({ topic: "t", part: "value", source });
  void serde.prepareToSerialize();
  for (const [value, hex] of [
    [{ a: 0, b: 0, c: 0, d: 0, e: -1 }, "00000000010000000001"],
    [{ a: 0, b: 0, c: 0, d: 0, e: 1 }, "0000000002"],
  ] as const) {
    const headers: SerdeHeader[] = [];
    const data = serde.serialize(value, headers);
    expect(data.toString("hex")).toBe(hex);
    void serde.prepareToDeserialize(data, headers);
    expect(serde.deserialize(data, headers)).toStrictEqual(value);
  }
});

test("a header that is no id is passed over, and one of an unknown schema asks the source", async () => {
  const serde = avro<string>('"string"').bind({ topic: "t", part: "value", source: createInMemorySchemas() });
  void serde.prepareToSerialize();
  const framed = serde.serialize("ab");
  void serde.prepareToDeserialize(framed);
  expect(serde.deserialize(framed, [id("None")])).toBe("ab");
  await expect(serde.prepareToDeserialize(framed, [id("7")])).rejects.toMatchObject({ code: "SERDE_UNKNOWN_SCHEMA", schemaId: 7 });
  expect(() => serde.deserialize(framed, [id("7")])).toThrow(expect.objectContaining({ code: "SERDE_NOT_READY", schemaId: 7 }));
});

test("[001-18] data of five bytes or fewer is an invalid message, and a schema is fetched once per id", () => {
  const memory = createInMemorySchemas();
  let fetches = 0;
  const source: typeof memory = {
    ...memory,
    schemaFor(schemaId, options) {
      fetches++;
      return memory.schemaFor(schemaId, options);
    },
  };
  const serde = avro<number>('"int"').bind({ topic: "t", part: "value", source });
  void serde.prepareToSerialize();
  const data = serde.serialize(3);
  expect(data.toString("hex")).toBe("000000000106");
  for (let times = 0; times < 10; times++) {
    expect(serde.prepareToDeserialize(data)).toBeUndefined();
    expect(serde.deserialize(data)).toBe(3);
  }
  expect(fetches).toBe(1);
  for (let length = 0; length <= 5; length++) {
    expect(() => serde.deserialize(data.subarray(0, length))).toThrow(
      expect.objectContaining({ code: "SERDE_TRUNCATED", message: expect.stringMatching(/^Invalid Avro message format/) as string }),
    );
    expect(() => serde.deserialize(Buffer.alloc(length, 9))).toThrow(/^Invalid Avro message format/);
  }
});
