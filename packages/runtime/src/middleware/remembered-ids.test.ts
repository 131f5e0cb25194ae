import { createVirtualClock } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RememberedIds } from "./remembered-ids.ts";

test("what was added last is remembered, as many and as long as is allowed, and never more", async () => {
  const step = fc.record({ id: fc.constantFrom("a", "b", "c", "d", "e"), afterMs: fc.nat({ max: 40 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (steps, maxEntries) => {
      const clock = createVirtualClock();
      const ids = new RememberedIds({ maxEntries, ttlMs: 100, clock });
      let model: { id: string; at: number }[] = [];
      for (const { id, afterMs } of steps) {
        await clock.advance(afterMs);
        ids.add(id);
        model = [...model.filter((entry) => entry.id !== id), { id, at: clock.now() }].slice(-maxEntries);
        for (const known of ["a", "b", "c", "d", "e"]) {
          const fresh = model.some((entry) => entry.id === known && entry.at > clock.now() - 100);
          expect(ids.has(known)).toBe(fresh);
        }
        expect(ids.size).toBeLessThanOrEqual(maxEntries);
      }
    }),
  );
});

test("what is too old is let go, though there is room", async () => {
  const clock = createVirtualClock();
  const ids = new RememberedIds({ ttlMs: 100, clock });
  ids.add("a");
  await clock.advance(100);
  expect([ids.has("a"), ids.size]).toEqual([false, 1]);
  ids.add("b");
  expect(ids.size).toBe(1);
});

test("bounds that are none are refused, both at once", () => {
  expect(() => new RememberedIds({ maxEntries: 0, ttlMs: 0.5 })).toThrow(/maxEntries.*ttlMs/s);
});
