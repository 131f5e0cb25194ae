import { expect, test } from "vitest";
import { setBounded } from "./bounded-map.ts";

test("the oldest entry goes when there is no room, and none when one is replaced", () => {
  const map = new Map<number, string>();
  for (const key of [1, 2, 3]) setBounded(map, key, "a", 2);
  expect([...map.keys()]).toEqual([2, 3]);
  setBounded(map, 2, "b", 2);
  expect([...map.entries()]).toEqual([
    [2, "b"],
    [3, "a"],
  ]);
});
