import { sleep } from "@millrace/core";
import { expect, test } from "vitest";
import { createMiddlewareHarness } from "../../test/support/middleware-harness.ts";
import { logging } from "./logging.ts";

test("each attempt has its line, with how long it took; one that failed is a warning with its error, which is passed on", async () => {
  const { clock, run, logged } = createMiddlewareHarness();
  const error = new Error("no");
  await clock.runUntil(run(logging({ clock }), () => sleep(20, { clock })));
  await clock.runUntil(run(logging({ clock, level: "info" }), () => sleep(30, { clock })));
  const failing = async (): Promise<never> => {
    await sleep(40, { clock });
    throw error;
  };
  await expect(clock.runUntil(run(logging({ clock }), failing))).rejects.toBe(error);
  expect(logged.map(({ level, message, fields }) => [level, message, fields])).toEqual([
    ["debug", "record handled", { attempt: 1, duration_ms: 20 }],
    ["info", "record handled", { attempt: 1, duration_ms: 30 }],
    ["warn", "record not handled", { attempt: 1, duration_ms: 40, error }],
  ]);
});
