import { createVirtualClock, type VirtualClock, waitFor } from "@millrace/testing";
import { expect, test } from "vitest";
import { createLatestCache, type LatestCache } from "./latest-cache.ts";

const outage = new Error("down");

function setUp(ttlMs: number, most = 10): { readonly cache: LatestCache<string>; readonly clock: VirtualClock } {
  const clock = createVirtualClock();
  const cache = createLatestCache<string>({
    ttlMs,
    most,
    clock,
    mayPass: (error) => error === outage,
    initial: (key) => (key === "bundled" ? "from the bundle" : undefined),
    asStale: (value) => `${value}, stale`,
  });
  return { cache, clock };
}

const loading = (value: string) => (): Promise<string> => Promise.resolve(value);
const failing = (error: Error) => (): Promise<string> => Promise.reject(error);

test("a value is loaded once for all who ask at once, and again when its time is over", async () => {
  const { cache, clock } = setUp(100);
  let loads = 0;
  const load = (): Promise<string> => {
    loads += 1;
    return Promise.resolve(String(loads));
  };
  expect(await Promise.all([cache.get("a", load), cache.get("a", load)])).toEqual(["1", "1"]);
  await clock.advance(99);
  expect(await cache.get("a", load)).toBe("1");
  await clock.advance(1);
  expect(await cache.get("a", load)).toBe("2");
});

test("without a time to live each call asks", async () => {
  const { cache } = setUp(0);
  expect(await cache.get("a", loading("1"))).toBe("1");
  expect(await cache.get("a", loading("2"))).toBe("2");
});

test("in an outage the last value is good enough, at once, while the registry is asked again each second behind it", async () => {
  const { cache, clock } = setUp(0);
  await cache.get("a", loading("1"));
  expect(await cache.get("a", failing(outage))).toBe("1, stale");
  expect(await cache.get("a", failing(new Error("asked again")))).toBe("1, stale");
  await clock.advance(1_000);
  const slow = Promise.withResolvers<string>();
  expect(await cache.get("a", () => slow.promise)).toBe("1, stale");
  slow.resolve("2");
  await waitFor(async () => (await cache.get("a", loading("3"))) === "3");
});

test("a refusal behind a stale value is told to the next one who asks", async () => {
  const { cache, clock } = setUp(0);
  await cache.get("a", loading("1"));
  await cache.get("a", failing(outage));
  await clock.advance(1_000);
  const gone = failing(new Error("gone"));
  expect(await cache.get("a", gone)).toBe("1, stale");
  await waitFor(async () => (await cache.get("a", gone).catch(() => "told")) === "told");
});

test("what was known from the start is good enough too; what was never known is not", async () => {
  const { cache } = setUp(0);
  expect(await cache.get("bundled", failing(outage))).toBe("from the bundle, stale");
  await expect(cache.get("a", failing(outage))).rejects.toBe(outage);
});

test("a failure that will not pass is told, whatever is known", async () => {
  const { cache } = setUp(0);
  await cache.get("a", loading("1"));
  await expect(cache.get("a", failing(new Error("gone")))).rejects.toThrow("gone");
});

test("what is set outlives a load that knows less, and what is forgotten is loaded again", async () => {
  const { cache } = setUp(100);
  const slow = Promise.withResolvers<string>();
  const older = cache.get("a", () => slow.promise);
  cache.set("a", "newer");
  slow.resolve("older");
  expect(await older).toBe("older");
  expect(await cache.get("a", loading("other"))).toBe("newer");
  cache.forget("a");
  expect(await cache.get("a", loading("other"))).toBe("other");
});

test("beyond its limit the value that was set longest ago goes", async () => {
  const { cache } = setUp(100, 2);
  for (const key of ["a", "b", "a", "c"]) cache.set(key, key);
  expect(await cache.get("a", loading("again"))).toBe("a");
  expect(await cache.get("b", loading("again"))).toBe("again");
});
