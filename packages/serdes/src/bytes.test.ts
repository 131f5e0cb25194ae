import { expect, test } from "vitest";
import { bytes } from "./bytes.ts";

const serde = bytes().bind({ topic: "t", part: "value" });

test("buffers pass through both ways without a copy, ready at once", () => {
  const data = Buffer.from([1, 2, 3]);
  expect(serde.prepareToSerialize()).toBeUndefined();
  expect(serde.prepareToDeserialize(data)).toBeUndefined();
  expect(serde.serialize(data)).toBe(data);
  expect(serde.deserialize(data)).toBe(data);
  expect(bytes().format).toBe("bytes");
});

test("another Uint8Array becomes a Buffer over the same memory, anything else is refused", () => {
  const array = new Uint8Array([1, 2, 3]).subarray(1);
  const data = serde.serialize(array as Buffer);
  expect(Buffer.isBuffer(data)).toBe(true);
  expect([...data]).toEqual([2, 3]);
  expect(data.buffer).toBe(array.buffer);
  expect(() => serde.serialize("text" as never)).toThrow(expect.objectContaining({ code: "SERDE_INVALID_VALUE", valueType: "string" }));
});
