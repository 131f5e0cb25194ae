import { expect, test } from "vitest";
import { formatLogfmt } from "./logfmt.ts";
import { consoleLogger, pinoLogger } from "./logger-adapters.ts";

const levels = ["debug", "info", "warn", "error"] as const;

test("pino gets fields first, an error as err, and makes the children itself", () => {
  const calls: unknown[] = [];
  const pino = (bound: object): Parameters<typeof pinoLogger>[0] => {
    const write = (level: string) => (fields: object, message: string) => void calls.push([level, { ...bound, ...fields }, message]);
    return {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      child: (fields: object) => pino({ ...bound, ...fields }),
    };
  };
  const error = new Error("broken");
  const logger = pinoLogger(pino({ service: "shop" }));
  for (const level of levels) logger[level]("line");
  logger.child({ group: "billing" }).warn("failed", { error });
  expect(calls).toEqual([
    ...levels.map((level) => [level, { service: "shop" }, "line"]),
    ["warn", { service: "shop", group: "billing", err: error }, "failed"],
  ]);
});

test("the console gets one formatted line an entry, on the method of its level", () => {
  const lines: string[] = [];
  const write = (level: string) => (line: string) => void lines.push(`${level}|${line}`);
  const target = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  const logger = consoleLogger({ console: target, now: () => 0 });
  for (const level of levels) logger[level]("line");
  consoleLogger({ console: target, now: () => 0, format: formatLogfmt, level: "error" }).error("other");
  expect(lines).toEqual([
    "info|1970-01-01T00:00:00.000Z [INFO] millrace: line",
    "warn|1970-01-01T00:00:00.000Z [WARN] millrace: line",
    "error|1970-01-01T00:00:00.000Z [ERROR] millrace: line",
    'error|time=1970-01-01T00:00:00.000Z level=error msg="other"',
  ]);
});
