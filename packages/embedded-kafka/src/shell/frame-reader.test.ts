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
