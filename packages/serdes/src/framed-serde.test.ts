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
