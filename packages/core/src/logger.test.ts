import { expect, test } from "vitest";
import { createLogger, type LogEntry, silentLogger } from "./logger.ts";

test("entries at or above the level are written with time and fields", () => {
  const entries: LogEntry[] = [];
  const logger = createLogger({ write: (entry) => entries.push(entry), level: "warn", now: () => 0 });
  logger.debug("no");
  logger.info("no");
  logger.warn("slow", { delayMs: 5 });
  logger.error("broken");
  expect(entries).toEqual([
    { level: "warn", time: new Date(0), message: "slow", fields: { delayMs: 5 } },
    { level: "error", time: new Date(0), message: "broken", fields: {} },
  ]);
});

test("the level is info unless stated", () => {
  const levels: string[] = [];
  const logger = createLogger({ write: ({ level }) => levels.push(level) });
  for (const level of ["debug", "info", "warn", "error"] as const) logger[level]("line");
  expect(levels).toEqual(["info", "warn", "error"]);
});

test("a child adds its fields to its parent's; a line's own fields win", () => {
  const fields: unknown[] = [];
  const parent = createLogger({ write: (entry) => fields.push(entry.fields) });
  const child = parent.child({ group: "billing", topic: "a" }).child({ topic: "b" });
  child.info("line");
  child.info("line", { group: "other" });
  parent.info("line");
  expect(fields).toEqual([{ group: "billing", topic: "b" }, { group: "other", topic: "b" }, {}]);
});

test("the silent logger takes everything and is its own child", () => {
  for (const level of ["debug", "info", "warn", "error"] as const) expect(silentLogger[level]("line")).toBe(undefined);
  expect(silentLogger.child({ a: 1 })).toBe(silentLogger);
});
