import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameReader } from "./frame-reader.ts";

function framed(frame: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

test("frames come out as they went in, however the stream is cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (frames, cuts) => {
        const stream = Buffer.concat(frames.map((frame) => framed(Buffer.from(frame))));
        const reader = new FrameReader(100);
        const seen: Buffer[] = [];
        for (let at = 0, cut = 0; at < stream.length; cut++) {
          const size = cuts[cut % cuts.length]!;
          reader.push(stream.subarray(at, at + size));
          at += size;
          for (let frame = reader.next(); frame instanceof Buffer; frame = reader.next()) seen.push(frame);
        }
        expect(seen.map((frame) => [...frame])).toEqual(frames.map((frame) => [...frame]));
        expect(reader.bufferedBytes).toBe(0);
      },
    ),
  );
});

test("lengths below zero and above the limit are told apart from frames that are not whole", () => {
  const reader = new FrameReader(100);
  reader.push(Buffer.from([0, 0, 0, 101]));
  expect(reader.next()).toBe("too-large");
  const negative = new FrameReader(100);
  negative.push(Buffer.from([0xff, 0, 0, 0]));
  expect(negative.next()).toBe("negative-length");
  const torn = new FrameReader(100);
  torn.push(Buffer.from([0, 0, 0]));
  expect(torn.next()).toBeUndefined();
  torn.push(Buffer.from([100, 1]));
  expect(torn.next()).toBeUndefined();
});

test("a frame that comes byte by byte does not take a buffer for each", async () => {
  const frameBytes = 1_000_000;
  const before = await heldBytes();
  const reader = new FrameReader(frameBytes);
  reader.push(Buffer.from([0, 0x0f, 0x42, 0x40]));
  for (let at = 0; at < frameBytes; at++) {
    reader.push(Buffer.allocUnsafeSlow(1).fill(at));
    if (at < frameBytes - 1 && at % 1_000 === 0) expect(reader.next()).toBeUndefined();
  }
  expect((await heldBytes()) - before).toBeLessThan(20 * frameBytes);
  const frame = reader.next() as Buffer;
  expect(frame.every((byte, at) => byte === at % 256)).toBe(true);
});

test("what follows a large frame does not keep its memory", async () => {
  const reader = new FrameReader(20_000_000);
  const before = await heldBytes();
  reader.push(Buffer.concat([framed(Buffer.alloc(20_000_000)), Buffer.from([0, 0])]));
  expect((reader.next() as Buffer).length).toBe(20_000_000);
  expect((await heldBytes()) - before).toBeLessThan(1_000_000);
  reader.push(Buffer.from([0, 1, 7]));
  expect(reader.next()).toEqual(Buffer.from([7]));
});

async function heldBytes(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let collections = 0; collections < 3; collections++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
