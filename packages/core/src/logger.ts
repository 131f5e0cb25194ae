/** Named values of a log line. Values must not hold secrets. */
export type LogFields = Readonly<Record<string, unknown>>;

/** How bad a log line is, from least to most. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where millrace writes its log lines. pino's and console's shapes fit with a one-line adapter. Must not throw. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each of its lines. */
  child(fields: LogFields): Logger;
}

/** One log line before it is written. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly time: Date;
  readonly message: string;
  readonly fields: LogFields;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40 };

/**
 * Makes a logger from one function that takes every entry at or above `level`. A logger for one component is a child with its name in the field `logger`:
 * `levels` names components with a level of their own, and what lies below them: `{ "shop": "warn", "shop.orders": "debug" }`, the longest name that fits counts.
 * @default level `info`
 */
export function createLogger(options: {
  readonly write: (entry: LogEntry) => void;
  readonly level?: LogLevel;
  readonly levels?: Readonly<Record<string, LogLevel>>;
  readonly now?: () => number;
}): Logger {
  const { write, level: usual = "info", levels = {}, now = Date.now } = options;
  const byLength = Object.entries(levels).sort(([one], [other]) => other.length - one.length);
  const loggerWith = (bound: LogFields): Logger => {
    const { logger } = bound;
    const own = byLength.find(([name]) => typeof logger === "string" && (logger === name || logger.startsWith(`${name}.`)))?.[1];
    const lowest = ranks[own ?? usual];
    const log =
      (level: LogLevel) =>
      (message: string, fields?: LogFields): void => {
        if (ranks[level] < lowest) return;
        write({ level, time: new Date(now()), message, fields: fields === undefined ? bound : { ...bound, ...fields } });
      };
    return {
      debug: log("debug"),
      info: log("info"),
      warn: log("warn"),
      error: log("error"),
      child: (fields) => loggerWith({ ...bound, ...fields }),
    };
  };
  return loggerWith({});
}

/** Writes nothing. The default of every package: a library does not talk unasked. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
