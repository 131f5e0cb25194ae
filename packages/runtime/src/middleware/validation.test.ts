import { expect, test } from "vitest";
import { z } from "zod";
import { createMiddlewareHarness } from "../../test/support/middleware-harness.ts";
import { validation } from "./validation.ts";

test("the handler gets what the schema makes of the value; the message itself stays as it was", async () => {
  const { run } = createMiddlewareHarness();
  const seen: unknown[] = [];
  const value = { amount: "2", more: 1 };
  await run(validation(z.object({ amount: z.coerce.number() })), (message) => seen.push(message.value), { value });
  expect(seen).toEqual([{ amount: 2 }]);
  expect(value).toEqual({ amount: "2", more: 1 });
});

test("a value that does not fit is rejected without a retry, and the handler does not see it", async () => {
  const { run } = createMiddlewareHarness();
  let handled = false;
  const late = { parse: () => Promise.reject(new Error("too small")) };
  for (const schema of [z.string().max(0), late]) {
    const rejected = run(validation(schema), () => (handled = true));
    await expect(rejected).rejects.toMatchObject({ code: "RECORD_REJECTED", retryable: false, cause: expect.any(Error) });
  }
  await expect(run(validation(late))).rejects.toThrow("the value does not fit its schema: too small");
  expect(handled).toBe(false);
});

test("what the handler fails with is no matter of the schema, and tombstones are let through", async () => {
  const { run } = createMiddlewareHarness();
  const failing = (): never => {
    throw new Error("no");
  };
  await expect(run(validation(z.string()), failing)).rejects.toThrow(/^no$/);
  const seen: unknown[] = [];
  await run(validation(z.string()), (message) => seen.push(message.value), { value: null });
  expect(seen).toEqual([null]);
});
