import { createVirtualClock, type VirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { createSingleFlightCache, type SingleFlightCache } from "./single-flight-cache.ts";

const missing = new Error("no such value");

function setUp(most = 10): { readonly cache: SingleFlightCache<string, number>; readonly clock: VirtualClock } {
  const clock = createVirtualClock();
  const cache = createSingleFlightCache<string, number>({ most, clock, missingTtlMs: 100, isMissing: (error) => error === missing });
  return { cache, clock };
}

const failing = (error: Error) => (): Promise<number> => Promise.reject(error);
const unexpected = failing(new Error("loaded again"));

test("one load serves all who ask meanwhile, then the value is there at once", async () => {
  const { cache } = setUp();
  let loads = 0;
  const load = async (): Promise<number> => {
    loads += 1;
    return await Promise.resolve(7);
  };
  expect(await Promise.all([cache.get("a", load), cache.get("a", load)])).toEqual([7, 7]);
  expect(cache.get("a", load)).toBe(7);
  expect(cache.peek("a")).toBe(7);
  expect(cache.peek("b")).toBeUndefined();
  expect(loads).toBe(1);
});

test("a failed load is not kept, and rejects once for each who waited", async () => {
  const { cache } = setUp();
  const waits = [cache.get("a", failing(new Error("down"))), cache.get("a", failing(new Error("down")))];
  for (const wait of waits) await expect(wait).rejects.toThrow("down");
  expect(await cache.get("a", () => Promise.resolve(1))).toBe(1);
});

test("what is missing is not looked for again until its time is over, or it is set", async () => {
  const { cache, clock } = setUp();
  await expect(cache.get("a", failing(missing))).rejects.toBe(missing);
  await clock.advance(99);
  await expect(cache.get("a", unexpected)).rejects.toBe(missing);
  await clock.advance(1);
  expect(await cache.get("a", () => Promise.resolve(1))).toBe(1);
  await expect(cache.get("b", failing(missing))).rejects.toBe(missing);
  cache.set("b", 2);
  expect(cache.get("b", unexpected)).toBe(2);
});

test("a value that is set while a load finds it missing stays", async () => {
  const { cache } = setUp();
  const loading = cache.get("a", failing(missing));
  cache.set("a", 1);
  await expect(loading).rejects.toBe(missing);
  expect(cache.get("a", unexpected)).toBe(1);
});

test("beyond its limit the oldest value goes, and the oldest missing one", async () => {
  const { cache } = setUp(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.set("b", 2);
  cache.set("c", 3);
  expect(cache.get("c", unexpected)).toBe(3);
  expect(cache.get("b", unexpected)).toBe(2);
  expect(await cache.get("a", () => Promise.resolve(9))).toBe(9);
  for (const key of ["x", "y", "z"]) await expect(cache.get(key, failing(missing))).rejects.toBe(missing);
  expect(await cache.get("x", () => Promise.resolve(1))).toBe(1);
  await expect(cache.get("z", unexpected)).rejects.toBe(missing);
});

test("what is forgotten is loaded again, also where a load was under way", async () => {
  const { cache } = setUp();
  cache.set("a", 1);
  await expect(cache.get("b", failing(missing))).rejects.toBe(missing);
  const slow = Promise.withResolvers<number>();
  const waiting = cache.get("c", () => slow.promise);
  cache.forget(() => true);
  slow.resolve(3);
  expect(await waiting).toBe(3);
  for (const key of ["a", "b", "c"]) expect(await cache.get(key, () => Promise.resolve(8))).toBe(8);
});
