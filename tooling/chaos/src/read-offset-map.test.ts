import { expect, test } from "vitest";
import { readOffsetMap } from "./read-offset-map.ts";

const text = (kind: string, ...bytes: number[]): string => `mr1${kind}${Buffer.from(bytes).toString("base64url")}`;

test("runs and bits are read, and other metadata tells nothing", () => {
  expect(readOffsetMap(text("r", 10, 1, 2, 3, 1, 1))).toEqual([
    { from: 12, to: 15 },
    { from: 16, to: 17 },
  ]);
  expect(readOffsetMap(text("r", 200, 1, 1, 1, 129, 1))).toEqual([{ from: 201, to: 330 }]);
  expect(readOffsetMap(text("b", 10, 1, 0b110, 0b1))).toEqual([
    { from: 11, to: 13 },
    { from: 18, to: 19 },
  ]);
  expect(readOffsetMap(text("R", 10, 1, 2, 1, 3, 2, 4, 1, 2))).toEqual([{ from: 11, to: 13 }]);
  for (const metadata of ["", "mine", "mr2rAA"]) expect(readOffsetMap(metadata)).toEqual([]);
  expect(() => readOffsetMap(text("r", 10, 1, 2, 128))).toThrow("ends in the middle");
});
