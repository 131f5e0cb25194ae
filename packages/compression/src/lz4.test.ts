import { expect, test } from "vitest";
import { createCodec } from "./codec.ts";

const codec = createCodec("lz4");

/** xxHash32 with seed 0, which LZ4 frames carry as their checksums. */
function xxHash32(data: Uint8Array): number {
  const [prime1, prime2, prime3, prime4, prime5] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1];
  const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let position = 0;
  let hash: number;
  if (data.length < 16) hash = prime5;
  else {
    const lanes = [prime1 + prime2, prime2, 0, -prime1];
    while (position + 16 <= data.length) {
      for (let lane = 0; lane < 4; lane++, position += 4) {
        lanes[lane] = Math.imul(rotate((lanes[lane] as number) + Math.imul(view.getUint32(position, true), prime2), 13), prime1);
      }
    }
    hash = [1, 7, 12, 18].reduce((sum, bits, lane) => sum + rotate(lanes[lane] as number, bits), 0);
  }
  hash = (hash + data.length) | 0;
  for (; position + 4 <= data.length; position += 4) {
    hash = Math.imul(rotate(hash + Math.imul(view.getUint32(position, true), prime3), 17), prime4);
  }
  for (; position < data.length; position++) hash = Math.imul(rotate(hash + Math.imul(view.getUint8(position), prime5), 11), prime1);
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

interface HandmadeFrame {
  readonly blocks: readonly { readonly data: Buffer; readonly plain?: boolean }[];
  readonly content?: Buffer;
  readonly contentSize?: boolean | number;
  readonly contentChecksum?: boolean;
  readonly blockChecksum?: boolean;
  readonly linked?: boolean;
  readonly dictionary?: boolean;
  readonly blockSizeCode?: number;
}

/** A frame by the specification (LZ4 frame format 1.6). */
function frame(options: HandmadeFrame): Buffer {
  const { content = Buffer.alloc(0) } = options;
  const flag = (bit: number, isSet: unknown): number => (isSet === undefined || isSet === false ? 0 : 1 << bit);
  const flags =
    0x40 |
    (options.linked === true ? 0 : 0x20) |
    flag(4, options.blockChecksum) |
    flag(3, options.contentSize) |
    flag(2, options.contentChecksum) |
    flag(0, options.dictionary);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(typeof options.contentSize === "number" ? options.contentSize : content.length));
  const descriptor = Buffer.concat([
    Buffer.from([flags, (options.blockSizeCode ?? 4) << 4]),
    ...(options.contentSize === undefined ? [] : [size]),
    ...(options.dictionary === true ? [uint32(7)] : []),
  ]);
  const blocks = options.blocks.flatMap((block) => [
    uint32(block.data.length + (block.plain === true ? 0x80000000 : 0)),
    block.data,
    ...(options.blockChecksum === true ? [uint32(xxHash32(block.data))] : []),
  ]);
  return Buffer.concat([
    uint32(0x184d2204),
    descriptor,
    Buffer.from([(xxHash32(descriptor) >>> 8) & 0xff]),
    ...blocks,
    uint32(0),
    ...(options.contentChecksum === true ? [uint32(xxHash32(content))] : []),
  ]);
}

// Five literals: a block ends with at least five.
const hello = { data: Buffer.concat([Buffer.from([0x50]), Buffer.from("hello")]) };
// "abc", then 9 bytes from 3 back, then "world" as the last literals.
const repeated = { data: Buffer.concat([Buffer.from([0x35]), Buffer.from("abc"), Buffer.from([3, 0, 0x50]), Buffer.from("world")]) };
const plain = { data: Buffer.from("not compressed"), plain: true };

test("xxHash32 of the tests is right: the header checksums of Kafka's own frames and known values agree", () => {
  expect(xxHash32(Buffer.alloc(0))).toBe(0x02cc5d05);
  expect(xxHash32(Buffer.from("abc"))).toBe(0x32d153ff);
  expect((xxHash32(Buffer.from([0x60, 0x40])) >>> 8) & 0xff).toBe(0x82);
});

test("frames by hand are read: literals, a match, an uncompressed block, several blocks", () => {
  expect(codec.decompress(frame({ blocks: [hello] })).toString()).toBe("hello");
  expect(codec.decompress(frame({ blocks: [repeated] })).toString()).toBe("abcabcabcabcworld");
  expect(codec.decompress(frame({ blocks: [plain] })).toString()).toBe("not compressed");
  expect(codec.decompress(frame({ blocks: [hello, plain, repeated] })).toString()).toBe("hellonot compressedabcabcabcabcworld");
});

test("all of the frame's optional fields are read", () => {
  const content = Buffer.from("hellonot compressed");
  const options = { blocks: [hello, plain], content, contentSize: true, contentChecksum: true, blockChecksum: true, blockSizeCode: 7 };
  expect(codec.decompress(frame(options)).equals(content)).toBe(true);
});

test("blocks that refer to earlier blocks are read", () => {
  // No literals before a match of 9 from 5 back, in the second block.
  const linkedBlock = { data: Buffer.concat([Buffer.from([0x05, 5, 0, 0x50]), Buffer.from("world")]) };
  expect(codec.decompress(frame({ blocks: [hello, linkedBlock], linked: true })).toString()).toBe("hellohellohellworld");
});

test("frames without blocks, several frames, and skippable frames among them are read", () => {
  const skippable = Buffer.concat([uint32(0x184d2a53), uint32(3), Buffer.from("abc")]);
  expect(codec.decompress(frame({ blocks: [] }))).toHaveLength(0);
  expect(codec.decompress(skippable)).toHaveLength(0);
  const joined = Buffer.concat([skippable, frame({ blocks: [hello] }), skippable, frame({ blocks: [] }), frame({ blocks: [repeated] })]);
  expect(codec.decompress(joined).toString()).toBe("helloabcabcabcabcworld");
});

test("what is written has independent blocks, no checksums and no content size, as Kafka's Java client demands", () => {
  for (const length of [10, 200_000, 5_000_000])
    expect(codec.compress(Buffer.alloc(length, "abc")).subarray(0, 5).toString("hex")).toBe("04224d1860");
});

test("the exact limit is found when the quick bound is not enough", () => {
  const content = "abcabcabcabcworld";
  const frames = Buffer.concat([frame({ blocks: [repeated] }), frame({ blocks: [repeated, plain] })]);
  const length = content.length * 2 + plain.data.length;
  expect(createCodec("lz4", { maxOutputBytes: length }).decompress(frames)).toHaveLength(length);
  expect(() => createCodec("lz4", { maxOutputBytes: length - 1 }).decompress(frames)).toThrow(
    expect.objectContaining({ code: "COMPRESSION_TOO_LARGE" }),
  );
});

function changed(bytes: Buffer, position: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = position < 0 ? copy.length + position : position;
  copy[index] = (copy[index] as number) ^ 0x01;
  return copy;
}

const checked = frame({ blocks: [hello], content: Buffer.from("hello"), contentChecksum: true, blockChecksum: true });

test.each([
  ["another magic number", changed(frame({ blocks: [hello] }), 0)],
  ["garbage behind a frame", Buffer.concat([frame({ blocks: [hello] }), Buffer.from("garbage")])],
  ["a wrong header checksum", changed(frame({ blocks: [hello] }), 6)],
  ["a wrong block checksum", changed(checked, -9)],
  ["a wrong content checksum", changed(checked, -1)],
  ["a content size that the blocks cannot hold", frame({ blocks: [hello], contentSize: 2 ** 40 })],
  ["a content size that is not true", frame({ blocks: [hello], contentSize: 6 })],
  ["a block larger than the frame allows", frame({ blocks: [{ data: Buffer.alloc(65_537), plain: true }] })],
  ["a match from before the beginning", frame({ blocks: [{ data: Buffer.from([0x10, 0x61, 2, 0, 0x50, 1, 2, 3, 4, 5]) }] })],
  ["an unknown block size", frame({ blocks: [hello], blockSizeCode: 3 })],
  ["a skippable frame that is cut off", Buffer.concat([uint32(0x184d2a50), uint32(9), Buffer.from("abc")])],
])("%s is damage", (_what, bytes) => {
  expect(() => codec.decompress(bytes)).toThrow(expect.objectContaining({ code: "COMPRESSION_CORRUPT", codec: "lz4" }));
});

test.each([
  ["a dictionary", frame({ blocks: [hello], dictionary: true })],
  ["the legacy format", Buffer.concat([uint32(0x184c2102), uint32(6), hello.data])],
  ["more than 1024 frames", Buffer.concat(Array.from({ length: 1025 }, () => frame({ blocks: [hello] })))],
])("%s is not supported, and that is said", (_what, bytes) => {
  expect(() => codec.decompress(bytes)).toThrow(expect.objectContaining({ code: "COMPRESSION_UNSUPPORTED", codec: "lz4" }));
});
