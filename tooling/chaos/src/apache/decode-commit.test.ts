import { expect, test } from "vitest";
import { decodeCommit } from "./decode-commit.ts";

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const int = (bytes: 2 | 4 | 8, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 8) buffer.writeBigInt64BE(BigInt(value));
  else buffer.writeIntBE(value, 0, bytes);
  return buffer;
};
const key = (version: number): Buffer => Buffer.concat([int(2, version), text("workers"), text("jobs"), int(4, 3)]);

test("commits are read in every version, and what tells of groups or of deleted offsets is none", () => {
  const expected = { group: "workers", topic: "jobs", partition: 3, offset: 70, metadata: "above" };
  const old = Buffer.concat([int(2, 1), int(8, 70), text("above"), int(8, 1_000), int(8, -1)]);
  const usual = Buffer.concat([int(2, 3), int(8, 70), int(4, 0), text("above"), int(8, 1_000)]);
  const flexible = Buffer.concat([
    int(2, 4),
    int(8, 70),
    int(4, 0),
    Buffer.from([6]),
    Buffer.from("above"),
    int(8, 1_000),
    Buffer.from([0]),
  ]);
  for (const value of [old, usual, flexible]) expect(decodeCommit(key(1), value)).toEqual(expected);
  expect(decodeCommit(key(0), usual)).toEqual(expected);
  expect(decodeCommit(key(2), usual)).toBeUndefined();
  expect(decodeCommit(key(1), null)).toBeUndefined();
});
