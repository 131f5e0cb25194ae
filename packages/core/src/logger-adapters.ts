import { formatLogLine } from "./log-line.ts";
import { createLogger, type LogEntry, type LogFields, type Logger, type LogLevel } from "./logger.ts";

/** Writes to a pino logger, which decides what is written and how. An error under `error` goes to `err`, where pino looks for one. */
export function pinoLogger(
  pino: Readonly<Record<LogLevel, (fields: object, message: string) => void>> & { child(fields: object): unknown },
): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      pino[level](forPino(fields), message);
  return {
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    // It has the shape of its parent.
    child: (fields) => pinoLogger(pino.child(forPino(fields)) as typeof pino),
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
