import { silentLogger } from "@millrace/core";
import { expect, test } from "vitest";
import { createMiddlewareHarness } from "../../test/support/middleware-harness.ts";
import type { HandlerContext } from "../handler.ts";
import { contextWith } from "./context-with.ts";

test("a context made from another one is like it but for what was given, which is asked only when somebody wants to know", async () => {
  const { run, sent } = createMiddlewareHarness();
  let asked = 0;
  const seen: [outer: HandlerContext, inner: HandlerContext][] = [];
  await run(
    [
      (message, context, next) => {
        const inner = contextWith(context, {
          get logger() {
            asked++;
            return silentLogger;
          },
        });
        seen.push([context, inner]);
        return next(message, contextWith(inner, {}));
      },
    ],
    async (_, context) => {
      expect([context.group, context.attempt, context.redrives, context.origin.offset]).toEqual(["billing", 1, 0, 7]);
      expect(asked).toBe(0);
      expect(context.logger).toBe(silentLogger);
      // Taken off its context, as destructuring does.
      const send = Reflect.get(context, "send");
      await send({ name: "out" } as never, { value: "1" });
    },
  );
  expect(asked).toBe(1);
  expect(sent).toEqual([{ value: "1" }]);
  const [[outer, inner]] = seen as [[HandlerContext, HandlerContext]];
  expect(outer.logger).not.toBe(silentLogger);
  expect(inner.signal).toBe(outer.signal);
});
