import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { avro } from "./avro.ts";
import { bytes } from "./bytes.ts";
import { type CompressionName, compressed } from "./compressed.ts";
import { createInMemorySchemas } from "./in-memory-schemas.ts";
import { json } from "./json.ts";
import type { SchemaSource } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";
import { string } from "./string.ts";

const binding = { topic: "t", part: "value" } as const;
const both = ["gzip", "zlib"] as const;

test("what another format writes is compressed and comes back, for both compressions", () => {
  for (const compression of both) {
    const serde = compressed(json(), compression).bind(binding);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const data = serde.serialize(value);
        expect(serde.prepareToDeserialize(data)).toBeUndefined();
        expect(serde.deserialize(data)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 50 },
    );
    const text = "all the same ".repeat(1_000);
    expect(serde.serialize(text).length).toBeLessThan(300);
  }
  const [gzip, zlib] = both.map((compression) => compressed(string(), compression).bind(binding));
  expect(gzip!.deserialize(gzipSync("text"))).toBe("text");
  expect(zlib!.deserialize(deflateSync("text"))).toBe("text");
  expect(compressed(string(), "gzip", { level: 1 })).toMatchObject({ format: "gzip-string" });
});

test("a bomb is refused before it grows, and so is a value too large to be read again", () => {
  const zeros = Buffer.alloc(64 * 1_048_576);
  const bombs = { gzip: gzipSync(zeros), zlib: deflateSync(zeros) };
  for (const compression of both) {
    const serde = compressed(bytes(), compression).bind(binding);
    const before = process.memoryUsage().arrayBuffers;
    const startedAt = performance.now();
    expect(serde.prepareToDeserialize(bombs[compression])).toBeUndefined();
    expect(() => serde.deserialize(bombs[compression])).toThrow(expect.objectContaining({ code: "SERDE_TOO_LARGE" }));
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 * 1_048_576);
    const small = compressed(bytes(), compression, { maxBytes: 100 }).bind(binding);
    expect(small.deserialize(small.serialize(zeros.subarray(0, 100)))).toHaveLength(100);
    expect(() => small.serialize(zeros.subarray(0, 101))).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE" }));
  }
});

test("cut, spoilt, foreign and lengthened bytes give a SerdeError, nothing else", () => {
  for (const compression of both) {
    const serde = compressed(string(), compression).bind(binding);
    const data = serde.serialize("some text, long enough to be worth it, some text");
    const read = (hostile: Buffer): unknown => {
      try {
        void serde.prepareToDeserialize(hostile);
        return serde.deserialize(hostile);
      } catch (error) {
        if (!SerdeError.is(error)) throw error;
        return error.code;
      }
    };
    for (let length = 0; length < data.length; length++) expect(read(data.subarray(0, length))).toBe("SERDE_TRUNCATED");
    for (const rest of [Buffer.from([0]), Buffer.alloc(100)]) {
      expect(read(Buffer.concat([data, rest]))).toBe("SERDE_TRAILING_BYTES");
    }
    expect(read(Buffer.concat([data, Buffer.from("rest")]))).toMatch(/SERDE_(TRAILING_BYTES|INVALID_DATA)/);
    expect(read(Buffer.from('{"plain":1}'))).toBe("SERDE_INVALID_DATA");
    expect(read(compression === "gzip" ? deflateSync("a") : gzipSync("a"))).toBe("SERDE_INVALID_DATA");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(data.length * 8 - 1), (body, bit) => {
        read(Buffer.from(body));
        const flipped = Buffer.from(data);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        read(flipped);
      }),
    );
  }
});

test("a format with a schema lies inside: its id is fetched and its framing read there", async () => {
  const schemas = createInMemorySchemas();
  const source: SchemaSource = {
    ...schemas,
    idFor: (subject, schema) => Promise.resolve(schemas.idFor(subject, schema)),
    schemaFor: (id) => Promise.resolve(schemas.schemaFor(id)),
  };
  const descriptor = compressed(avro<string>("string"), "gzip");
  expect(descriptor.schema).toMatchObject({ type: "AVRO" });
  const writer = descriptor.bind({ ...binding, source });
  await writer.prepareToSerialize();
  const data = writer.serialize("text");
  const reader = descriptor.bind({ ...binding, source });
  await reader.prepareToDeserialize(data);
  expect(reader.deserialize(data)).toBe("text");
  expect(reader.prepareToDeserialize(Buffer.from(data))).toBeUndefined();
});

test("an unknown compression and senseless options are refused, all at once", () => {
  expect(() => compressed(string(), "brotli" as CompressionName)).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTIONS",
      message: expect.stringContaining("Unsupported compression type: brotli") as unknown,
    }),
  );
  expect(() => compressed(string(), "toString" as CompressionName, { maxBytes: 0, level: 10 })).toThrow(
    expect.objectContaining({
      problems: [expect.stringContaining("toString"), expect.stringContaining("maxBytes"), expect.stringContaining("level")],
    }),
  );
});
