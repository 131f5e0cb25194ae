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

/** Makes a logger from one function that takes every entry at or above `level`. @default level `info` */
export function createLogger(options: {
  readonly write: (entry: LogEntry) => void;
  readonly level?: LogLevel;
  readonly now?: () => number;
}): Logger {
  const { write, level: lowest = "info", now = Date.now } = options;
  const loggerWith = (bound: LogFields): Logger => {
    const log =
      (level: LogLevel) =>
      (message: string, fields?: LogFields): void => {
        if (ranks[level] < ranks[lowest]) return;
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
