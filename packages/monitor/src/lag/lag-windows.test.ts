import { expect, test } from "vitest";
import { LagWindows } from "./lag-windows.ts";

const key = { group: "g", topic: "t", partition: 0 };
const sample = (at: number) => ({ at, committed: at, end: at, left: 0, isHeld: true });
const times = (samples: readonly { readonly at: number }[]) => samples.map(({ at }) => at);

test("a window keeps its last samples", () => {
  const windows = new LagWindows(3);
  for (const at of [1, 2, 3, 4]) windows.add(key, sample(at));
  expect(times(windows.of(key))).toEqual([2, 3, 4]);
  expect(windows.of({ ...key, partition: 1 })).toEqual([]);
});

test("when the clock was set back, samples that lie in the future are dropped", () => {
  const windows = new LagWindows(3);
  for (const at of [10, 20, 30]) windows.add(key, sample(at));
  expect(times(windows.add(key, sample(20)))).toEqual([10, 20]);
});

test("stored samples are put before those that are there", () => {
  const windows = new LagWindows(3);
  windows.restore(key, []);
  expect(windows.of(key)).toEqual([]);
  windows.add(key, sample(5));
  windows.restore(key, [1, 2, 3, 5, 6].map(sample));
  expect(times(windows.of(key))).toEqual([2, 3, 5]);
});

test("what is no longer there is dropped and named, what cannot be seen is kept", () => {
  const windows = new LagWindows(3);
  const keys = ["gone", "here", "unseen"].map((group) => ({ ...key, group }));
  for (const each of keys) windows.add(each, sample(1));
  expect(windows.keep([keys[1]!], ({ group }) => group === "unseen")).toEqual([keys[0]]);
  expect(keys.map((each) => windows.of(each).length)).toEqual([0, 1, 1]);
});
