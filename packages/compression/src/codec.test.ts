import { InvalidOptionsError } from "@millrace/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { codecFor, createCodec } from "./codec.ts";
import type { CodecName, CodecOptions } from "./codec-options.ts";
import { CompressionError } from "./compression-error.ts";

const names = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
const compressing = ["gzip", "snappy", "lz4", "zstd"] as const;

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (CompressionError.is(error)) return error.code;
    throw error;
  }
  return "none";
}

// Random bytes, runs and repeats: what compresses badly, well and in odd places.
const data = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 5 }), fc.nat(30_000)).map(([pattern, length]) => Buffer.alloc(length, pattern)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

test.each(names)("%s gives back what it was given", (name) => {
  const codec = createCodec(name);
  fc.assert(
    fc.property(data, (input) => {
      const before = Buffer.from(input);
      expect(codec.decompress(codec.compress(input)).equals(before)).toBe(true);
      expect(input.equals(before)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test.each(names)("%s takes empty input, one byte, and a view into a larger buffer", (name) => {
  const codec = createCodec(name);
  const large = new Uint8Array(Buffer.from("....abcabcabc....")).subarray(4, 13);
  for (const input of [new Uint8Array(0), Uint8Array.of(7), large]) {
    const compressed = codec.compress(input);
    expect(codec.decompress(Buffer.concat([Buffer.from("xx"), compressed]).subarray(2)).equals(input)).toBe(true);
  }
});

test.each(names)("%s gives back eight megabytes", (name) => {
  const codec = createCodec(name);
  const input = Buffer.alloc(8 * 1024 * 1024);
  for (let index = 0; index < input.length; index++) input[index] = (index * index) >> 9;
  expect(codec.decompress(codec.compress(input)).equals(input)).toBe(true);
});

test("codecs carry Kafka's names and numbers", () => {
  expect(names.map((name) => createCodec(name).type)).toEqual([0, 1, 2, 3, 4]);
  expect([0, 1, 2, 3, 4].map((type) => codecFor(type).name)).toEqual(names);
});

test("a codec that does not exist is a clear error", () => {
  expect(() => codecFor(5)).toThrow("5: no such codec; there are none (0), gzip (1), snappy (2), lz4 (3), zstd (4)");
  expect(codeOf(() => codecFor(-1))).toBe("COMPRESSION_UNSUPPORTED");
  expect(codeOf(() => createCodec("brotli" as CodecName))).toBe("COMPRESSION_UNSUPPORTED");
});

test.each<[CodecName, CodecOptions, string]>([
  ["gzip", { level: 0 }, "level must be a whole number from 1 to 9 for gzip, not 0"],
  ["gzip", { level: 1.5 }, "level must be a whole number from 1 to 9 for gzip, not 1.5"],
  ["zstd", { level: 23 }, "level must be a whole number from -131072 to 22 for zstd, not 23"],
  ["lz4", { level: 1 }, "level must be 0 for lz4, not 1"],
  ["snappy", { level: 1 }, "snappy has no levels; leave level out"],
  ["none", { level: 0 }, "none has no levels; leave level out"],
  ["gzip", { maxOutputBytes: 0 }, "maxOutputBytes must be a whole number from 1 to 2147483647, not 0"],
  ["gzip", { maxOutputBytes: Number.POSITIVE_INFINITY }, "maxOutputBytes must be a whole number from 1 to 2147483647, not Infinity"],
  ["snappy", { framing: "java" as "raw" }, 'framing must be "xerial" or "raw", not "java"'],
  ["lz4", { framing: "raw" }, "framing is for snappy; leave it out for lz4"],
])("%s with %j is refused", (name, options, problem) => {
  let thrown: unknown;
  try {
    createCodec(name, options);
  } catch (error) {
    thrown = error;
  }
  expect(InvalidOptionsError.is(thrown) ? thrown.problems : thrown).toEqual([problem]);
});

test("levels are used: the default is 6 for gzip and 3 for zstd, and a higher level never gives more bytes here", () => {
  const input = Buffer.from(Array.from({ length: 5000 }, (_, index) => `event ${index % 97} of ${index * 7}`).join());
  const size = (name: CodecName, level?: number) => createCodec(name, { level }).compress(input).length;
  expect(size("gzip")).toBe(size("gzip", 6));
  expect(size("zstd")).toBe(size("zstd", 3));
  expect(size("lz4")).toBe(size("lz4", 0));
  expect(size("gzip", 9)).toBeLessThan(size("gzip", 1));
  expect(size("zstd", 19)).toBeLessThan(size("zstd", -7));
});

test.each(names)("%s gives exactly maxOutputBytes and refuses one byte more", (name) => {
  fc.assert(
    fc.property(
      data.filter((input) => input.length > 1),
      (input) => {
        const compressed = createCodec(name).compress(input);
        expect(createCodec(name, { maxOutputBytes: input.length }).decompress(compressed).equals(input)).toBe(true);
        expect(codeOf(() => createCodec(name, { maxOutputBytes: input.length - 1 }).decompress(compressed))).toBe("COMPRESSION_TOO_LARGE");
      },
    ),
    { numRuns: 40 },
  );
});

test.each(compressing)("a %s bomb is refused quickly and without its memory", (name) => {
  const bomb = createCodec(name).compress(Buffer.alloc(256 * 1024 * 1024));
  const before = process.memoryUsage().rss;
  const startedAt = performance.now();
  expect(codeOf(() => createCodec(name, { maxOutputBytes: 1024 * 1024 }).decompress(bomb))).toBe("COMPRESSION_TOO_LARGE");
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

test.each(compressing)("%s data that is cut off anywhere is an error, never a shorter answer", (name) => {
  const codec = createCodec(name);
  const compressed = codec.compress(Buffer.from("a record, and a record, and another record".repeat(20)));
  for (let length = 0; length < compressed.length; length++) {
    // A xerial stream that ends where a chunk may begin is complete, if empty.
    const expected = name === "snappy" && length === 16 ? "none" : "COMPRESSION_CORRUPT";
    expect(
      codeOf(() => codec.decompress(compressed.subarray(0, length))),
      `${length} bytes`,
    ).toBe(expected);
  }
});

test.each(compressing)("any bytes given to %s are decompressed or refused with its own error", (name) => {
  const codec = createCodec(name, { maxOutputBytes: 1_000_000 });
  const sound = codec.compress(Buffer.from("a record, and a record, and another record".repeat(20)));
  const damaged = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
    const bytes = Buffer.from(sound);
    for (const [position, byte] of changes) bytes[position] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), damaged), (bytes) => {
      expect(["none", "COMPRESSION_CORRUPT", "COMPRESSION_TOO_LARGE", "COMPRESSION_UNSUPPORTED"]).toContain(
        codeOf(() => codec.decompress(bytes)),
      );
    }),
    { numRuns: 500 },
  );
});

test.each(compressing)(
  "%s still works after ten thousand pieces of damaged data",
  (name) => {
    const codec = createCodec(name);
    const input = Buffer.alloc(5000, "a record, and a record, ");
    const sound = codec.compress(input);
    let refused = 0;
    for (let round = 0; round < 10_000; round++) {
      const damaged = Buffer.from(sound.subarray(0, Math.min(40, sound.length - 1)));
      const position = round % damaged.length;
      damaged[position] = (damaged[position] as number) ^ 0xff;
      if (codeOf(() => codec.decompress(damaged)) !== "none") refused++;
    }
    expect(refused).toBe(10_000);
    expect(codec.decompress(sound).equals(input)).toBe(true);
    expect(codec.compress(input).equals(sound)).toBe(true);
  },
  30_000,
);

test("input that is no bytes is a failure of the codec, not of the data", () => {
  expect(codeOf(() => createCodec("gzip").compress({ length: 5 } as Uint8Array))).toBe("COMPRESSION_FAILED");
  expect(codeOf(() => createCodec("gzip").decompress({ length: 5 } as Uint8Array))).toBe("COMPRESSION_FAILED");
});
