import { formatLogLine } from "./log-line.ts";
import { createLogger, type LogEntry, type LogFields, type Logger, type LogLevel } from "./logger.ts";

/** What is used of pino, and of loggers with its shape. */
export interface PinoLike {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): PinoLike;
}

/** Writes to a pino logger, which decides what is written and how. An error under `error` goes to `err`, where pino looks for one. */
export function pinoLogger(pino: PinoLike): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      pino[level](forPino(fields), message);
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    child: (fields) => pinoLogger(pino.child(forPino(fields))),
  };
}

/**
 * Writes one line an entry to the console: `debug` and `info` to its standard output, the rest to its standard error.
 * @default format `formatLogLine`, level `info`
 */
export function consoleLogger(
  options: {
    readonly format?: (entry: LogEntry) => string;
    readonly level?: LogLevel;
    readonly levels?: Readonly<Record<string, LogLevel>>;
    readonly now?: () => number;
    readonly console?: Pick<Console, LogLevel>;
  } = {},
): Logger {
  const { format = formatLogLine, console: target = console, ...rest } = options;
  return createLogger({ ...rest, write: (entry) => target[entry.level](format(entry)) });
}

function forPino({ error, ...fields }: LogFields): LogFields {
  return error === undefined ? fields : { ...fields, err: error };
}
