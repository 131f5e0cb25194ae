import { expect, test } from "vitest";
import { createCodec } from "./codec.ts";

const codec = createCodec("snappy");
const raw = createCodec("snappy", { framing: "raw" });
const header = Buffer.from("82534e41505059000000000100000001", "hex");

// "abc" as one literal: length 3, tag (3 - 1) << 2, the bytes.
const abc = Buffer.from([3, 8, 0x61, 0x62, 0x63]);
// "abcabcabc": the same literal of "abc", then a copy of 6 bytes from 3 back.
const abcThrice = Buffer.from([9, 8, 0x61, 0x62, 0x63, ((6 - 4) << 2) | 1, 3]);

function chunk(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

test("raw snappy by hand is read", () => {
  expect(codec.decompress(abc).toString()).toBe("abc");
  expect(codec.decompress(abcThrice).toString()).toBe("abcabcabc");
  expect(codec.decompress(Buffer.from([0]))).toHaveLength(0);
});

test("xerial chunks by hand are read and put together", () => {
  expect(codec.decompress(Buffer.concat([header, chunk(abc), chunk(abcThrice)])).toString()).toBe("abcabcabcabc");
});

test("concatenated xerial streams are read, and one without chunks is empty", () => {
  expect(codec.decompress(Buffer.concat([header, chunk(abc), header, chunk(abc)])).toString()).toBe("abcabc");
  expect(codec.decompress(Buffer.concat([header, header]))).toHaveLength(0);
});

test("an empty chunk of a xerial stream is read", () => {
  expect(codec.decompress(Buffer.concat([header, chunk(Buffer.from([0])), chunk(abc)])).toString()).toBe("abc");
});

test("the xerial framing is written unless raw is asked for", () => {
  const data = Buffer.alloc(100_000, "abc");
  const framed = codec.compress(data);
  expect(framed.subarray(0, 16)).toEqual(header);
  // The first of two chunks holds 64 KiB: its own length, then that of its content as a varint.
  expect([...framed.subarray(20, 23)]).toEqual([0x80, 0x80, 0x04]);
  expect([...raw.compress(data).subarray(0, 3)]).toEqual([0xa0, 0x8d, 0x06]);
  expect(raw.decompress(framed).equals(data) && codec.decompress(raw.compress(data)).equals(data)).toBe(true);
});

test.each([
  ["a header that is cut off", header.subarray(0, 12)],
  ["a chunk's length that is cut off", Buffer.concat([header, Buffer.from([0, 0])])],
  ["a chunk longer than the data", Buffer.concat([header, Buffer.from([0, 0, 0, 9]), abc])],
  ["a chunk with a negative length", Buffer.concat([header, Buffer.from([0xff, 0xff, 0xff, 0xff]), abc])],
  ["a chunk of no bytes", Buffer.concat([header, Buffer.from([0, 0, 0, 0])])],
  ["a length without an end", Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
  ["a length that so few bytes cannot hold", Buffer.from([0xff, 0xff, 0xff, 0xff, 0x07, 0x00])],
  ["a copy from before the beginning", Buffer.from([9, 8, 0x61, 0x62, 0x63, ((6 - 4) << 2) | 1, 4])],
  ["less content than the length says", Buffer.from([4, 8, 0x61, 0x62, 0x63])],
])("%s is damage", (_what, bytes) => {
  expect(() => codec.decompress(bytes)).toThrow(expect.objectContaining({ code: "COMPRESSION_CORRUPT", codec: "snappy" }));
});
