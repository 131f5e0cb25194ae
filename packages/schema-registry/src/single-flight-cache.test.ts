import { expect, test } from "vitest";
import { createSingleFlightCache } from "./single-flight-cache.ts";

test("one load serves all who ask meanwhile, then the value is there at once", async () => {
  const cache = createSingleFlightCache<string, number>(10);
  let loads = 0;
  const load = async (): Promise<number> => {
    loads += 1;
    return await Promise.resolve(7);
  };
  expect(await Promise.all([cache.get("a", load), cache.get("a", load)])).toEqual([7, 7]);
  expect(cache.get("a", load)).toBe(7);
  expect(loads).toBe(1);
});

test("a failed load is not kept, and rejects once for each who waited", async () => {
  const cache = createSingleFlightCache<string, number>(10);
  const failing = (): Promise<number> => Promise.reject(new Error("down"));
  const waits = [cache.get("a", failing), cache.get("a", failing)];
  for (const wait of waits) await expect(wait).rejects.toThrow("down");
  expect(await cache.get("a", () => Promise.resolve(1))).toBe(1);
});

test("beyond its limit the oldest value goes", () => {
  const cache = createSingleFlightCache<string, number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.set("b", 2);
  cache.set("c", 3);
  expect(cache.get("c", () => Promise.reject(new Error("gone")))).toBe(3);
  expect(cache.get("b", () => Promise.reject(new Error("gone")))).toBe(2);
  expect(cache.get("a", () => Promise.resolve(9))).toBeInstanceOf(Promise);
});
