import fc from "fast-check";
import { expect, test } from "vitest";
import { formatLogLine } from "./log-line.ts";
import { createLogger, type LogEntry, type LogLevel } from "./logger.ts";

const entry = (message: string, fields: LogEntry["fields"] = {}, level: LogLevel = "warn"): LogEntry => ({
  level,
  time: new Date(0),
  message,
  fields,
});

test("[000-65] a line is <time> [<LEVEL>] <logger>: <message>, and every component has its logger and its level", () => {
  const lines: string[] = [];
  const root = createLogger({
    write: (written) => lines.push(formatLogLine(written)),
    level: "warn",
    levels: { shop: "error", "shop.orders": "debug" },
    now: () => 0,
  });
  for (const name of ["billing", "shop", "shop.returns", "shop.orders", "shop.orders.late", "shopper"]) {
    const logger = root.child({ logger: name });
    for (const level of ["debug", "info", "warn", "error"] as const) logger[level]("done");
  }
  const line = (level: string, name: string): string => `1970-01-01T00:00:00.000Z [${level}] ${name}: done`;
  expect(lines).toEqual([
    line("WARN", "billing"),
    line("ERROR", "billing"),
    line("ERROR", "shop"),
    line("ERROR", "shop.returns"),
    ...["shop.orders", "shop.orders.late"].flatMap((name) => ["DEBUG", "INFO", "WARN", "ERROR"].map((level) => line(level, name))),
    line("WARN", "shopper"),
    line("ERROR", "shopper"),
  ]);
});

test("without a component the logger is millrace; fields follow the message", () => {
  expect(formatLogLine(entry("slow", { delayMs: 5, topic: "a b", none: null }))).toBe(
    '1970-01-01T00:00:00.000Z [WARN] millrace: slow delayMs=5 topic="a b"',
  );
});

test("whatever a message holds, an entry is one line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (message, logger) => {
      expect(formatLogLine(entry(`a\r\n\u2028${message}`, { logger }))).not.toMatch(/[\n\r\u2028\u2029]/);
    }),
  );
});
