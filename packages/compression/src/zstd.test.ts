import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { createCodec } from "./codec.ts";

const zstd = createCodec("zstd");

test("zstd frames in a row, skippable ones among them, are all read", () => {
  const [one, two] = [zstdCompressSync(Buffer.from("one")), zstdCompressSync(Buffer.alloc(300_000, "two"))];
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]);
  expect(zstd.decompress(Buffer.concat([one, skippable, two, one])).toString()).toBe(`one${"two".repeat(100_000)}one`);
});

test("the limit counts all zstd frames together", () => {
  const frame = zstdCompressSync(Buffer.alloc(100));
  const frames = Buffer.concat([frame, frame, frame]);
  expect(createCodec("zstd", { maxOutputBytes: 300 }).decompress(frames)).toHaveLength(300);
  for (const maxOutputBytes of [299, 200, 150]) {
    expect(() => createCodec("zstd", { maxOutputBytes }).decompress(frames)).toThrow(
      expect.objectContaining({ code: "COMPRESSION_TOO_LARGE" }),
    );
  }
});

test("garbage behind a zstd frame is damage, and frames by the thousand are refused", () => {
  const frame = zstdCompressSync(Buffer.from("one"));
  expect(() => zstd.decompress(Buffer.concat([frame, Buffer.from("garbage")]))).toThrow(
    expect.objectContaining({ code: "COMPRESSION_CORRUPT" }),
  );
  expect(() => zstd.decompress(Buffer.concat(Array.from({ length: 1025 }, () => frame)))).toThrow(
    expect.objectContaining({ code: "COMPRESSION_UNSUPPORTED" }),
  );
});

test("a zstd frame that was streamed, without its content's size, is read", () => {
  // Magic, a frame header without sizes (window 1 KiB), one raw last block of 3 bytes.
  expect(zstd.decompress(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x00, 0x19, 0x00, 0x00, 0x61, 0x62, 0x63])).toString()).toBe("abc");
});

test("gzip members in a row are read, and a wrong checksum is damage", () => {
  const gzip = createCodec("gzip");
  const member = gzipSync(Buffer.from("member"));
  expect(gzip.decompress(Buffer.concat([member, member])).toString()).toBe("membermember");
  const changed = Buffer.from(member);
  changed[changed.length - 8] = (changed[changed.length - 8] as number) ^ 1;
  expect(() => gzip.decompress(changed)).toThrow(expect.objectContaining({ code: "COMPRESSION_CORRUPT", codec: "gzip" }));
});
