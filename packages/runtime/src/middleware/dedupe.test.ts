import { sleep } from "@millrace/core";
import { expect, test } from "vitest";
import { createMiddlewareHarness } from "../../test/support/middleware-harness.ts";
import { createProcessorHarness } from "../../test/support/processor-harness.ts";
import { type DedupeStore, dedupe } from "./dedupe.ts";
import { memoryDedupeStore } from "./remembered-ids.ts";

const byValue = { id: ({ value }: { readonly value: unknown }) => value as string | null };

test("what was handled is passed over, what failed is not, and null is like nothing else", async () => {
  const { clock, run } = createMiddlewareHarness();
  const seen: unknown[] = [];
  let fails = true;
  const handler = ({ value }: { readonly value: unknown }): void => {
    seen.push(value);
    if (fails) throw new Error("no");
  };
  const middleware = dedupe({ store: memoryDedupeStore({ clock }), ...byValue });
  await expect(run(middleware, handler, { value: "a" })).rejects.toThrow("no");
  fails = false;
  for (const value of ["a", "a", "b", null, null, "b"]) await run(middleware, handler, { value });
  expect(seen).toEqual(["a", "a", "b", null, null]);
});

test("by default the same record is known when it comes twice; other groups' and topics' ids are others", async () => {
  const { clock, run } = createMiddlewareHarness();
  let calls = 0;
  const ids: string[] = [];
  const store = memoryDedupeStore({ clock });
  const noting: DedupeStore = {
    has: (id, options) => store.has(id, options),
    add: (id) => {
      ids.push(id);
      return store.add(id);
    },
  };
  const middleware = dedupe({ store: noting });
  for (const place of [{}, {}, { offset: 8 }, { partition: 1 }, { topic: "invoices" }]) await run(middleware, () => calls++, place);
  expect(calls).toBe(4);
  expect(new Set(ids).size).toBe(4);
  expect(JSON.parse(ids[0]!)).toEqual(["billing", "orders", "0/7"]);
});

test("of two that come at the same time the second one waits: it is passed over when the first one is handled, and handled when that fails", async () => {
  for (const fails of [false, true]) {
    const { clock, run } = createMiddlewareHarness();
    const middleware = dedupe({ store: memoryDedupeStore({ clock }), ...byValue });
    const began: number[] = [];
    const handler = async (): Promise<void> => {
      began.push(clock.now());
      await sleep(100, { clock });
      if (fails && began.length === 1) throw new Error("no");
    };
    const both = Promise.allSettled([run(middleware, handler), run(middleware, handler)]);
    const [first, second] = await clock.runUntil(both);
    expect([first.status, second.status]).toEqual([fails ? "rejected" : "fulfilled", "fulfilled"]);
    expect(began).toHaveLength(fails ? 2 : 1);
  }
});

test("an attempt that is given up, though its handler never ends, does not hold the next one up", async () => {
  const hanging = createMiddlewareHarness();
  const { clock } = hanging;
  const next = createMiddlewareHarness(clock);
  const middleware = dedupe({ store: memoryDedupeStore({ clock }), ...byValue });
  void hanging.run(middleware, () => new Promise(() => undefined));
  let handled = false;
  const waiting = next.run(middleware, () => (handled = true));
  await clock.advance(1_000);
  expect(handled).toBe(false);
  hanging.abort();
  await waiting;
  expect(handled).toBe(true);
});

test("one that waits for another stops when its own attempt is over", async () => {
  const first = createMiddlewareHarness();
  const second = createMiddlewareHarness(first.clock);
  const middleware = dedupe({ store: memoryDedupeStore({ clock: first.clock }), ...byValue });
  void first.run(middleware, () => new Promise(() => undefined));
  const waiting = second.run(middleware);
  second.abort();
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
});

test("a store that cannot be asked fails the attempt; one that cannot remember does not, as the handler has run", async () => {
  const { run, logged } = createMiddlewareHarness();
  const down = (): never => {
    throw new Error("down");
  };
  let calls = 0;
  await expect(run(dedupe({ store: { has: down, add: () => undefined } }), () => calls++)).rejects.toThrow("down");
  expect(calls).toBe(0);
  await run(dedupe({ store: { has: () => false, add: down } }), () => calls++);
  expect(calls).toBe(1);
  expect(logged).toMatchObject([{ level: "warn", message: expect.stringContaining("not remembered"), fields: { id: "0/7" } }]);
});

test("in a processor, duplicates of a producer are handled once, whatever their keys, and count as handled", async () => {
  const handled: string[] = [];
  let middleware: ReturnType<typeof dedupe> | undefined;
  const harness = createProcessorHarness({
    options: { concurrency: 8, middleware: [(message, context, next) => middleware!(message, context, next)] },
    handler: async ({ value }, { attempt }) => {
      await sleep(10, { clock: harness.clock });
      if (value === "3" && attempt === 1) throw new Error("once");
      handled.push(value);
    },
  });
  middleware = dedupe({ store: memoryDedupeStore({ clock: harness.clock }), ...byValue });
  harness.feed(...Array.from({ length: 60 }, (_, n) => [`${n}`, `${n % 20}`] as const));
  await harness.clock.runUntil(() => harness.work.watermark.position === 60);
  expect(handled).toHaveLength(20);
  expect(new Set(handled).size).toBe(20);
  expect(harness.processor.statistics().handled).toBe(60);
});
