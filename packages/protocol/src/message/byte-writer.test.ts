import { expect, test } from "vitest";
import { ByteWriter } from "./byte-writer.ts";

const large = Buffer.alloc(5_000, "l");

test("large bytes are given as they are, in their place between what is written before and after them", () => {
  const writer = new ByteWriter();
  writer.rawBytes(large);
  writer.int16(1);
  writer.rawBytes(large);
  writer.rawBytes(large);
  writer.rawBytes(Buffer.from("small"));
  const pieces = writer.finishInPieces();
  expect(pieces.map((piece) => piece === large)).toEqual([true, false, true, true, false]);
  expect(Buffer.concat(pieces)).toEqual(Buffer.concat([large, Buffer.from([0, 1]), large, large, Buffer.from("small")]));
});

test("joined they are one buffer that is not the given one", () => {
  const writer = new ByteWriter();
  writer.rawBytes(large);
  const bytes = writer.finish();
  expect(bytes).toEqual(large);
  expect(bytes.buffer).not.toBe(large.buffer);
});

test("a size in front counts large bytes too, and leaves those before it where they are", () => {
  const writer = new ByteWriter();
  writer.rawBytes(large);
  const outer = writer.beginSized();
  const inner = writer.beginSized();
  writer.rawBytes(large);
  writer.endSized(inner);
  writer.rawBytes(large);
  writer.endSized(outer);
  const innerPart = Buffer.concat([Buffer.from([0x88, 0x27]), large, large]);
  expect(writer.finish()).toEqual(Buffer.concat([large, Buffer.from([0x92, 0x4e]), innerPart]));
});
