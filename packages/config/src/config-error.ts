import { isErrorNamed, MillraceError } from "@millrace/core";

/** The rule that a missing file breaks. */
export const fileNotFound = "FileNotFound: there is no such file";

/** One thing that is wrong with a configuration. Holds no secret. */
export interface ConfigProblem {
  /** The setting, such as `connection.security.password`, or the source that cannot be used: `file`, `preset`. */
  readonly path: string;
  /** Where the value came from, such as `environment KAFKA_SASL_PASSWORD`; undefined when there is no value. */
  readonly source: string | undefined;
  /** The value as it may be shown, secrets redacted; undefined when there is no value. */
  readonly value: string | undefined;
  /** The rule that is broken. */
  readonly rule: string;
  /** What to do about it. */
  readonly advice: string | undefined;
}

/** Something that is allowed, but probably not meant. Holds no secret. */
export interface ConfigWarning {
  readonly path: string;
  readonly message: string;
}

/**
 * A configuration that cannot be used. `problems` holds every problem that was found, and the message lists them. Code `CONFIG_INVALID`, or
 * `CONFIG_FILE_NOT_FOUND` when there is no such file, whatever else is wrong.
 */
export class ConfigError extends MillraceError<"CONFIG_INVALID" | "CONFIG_FILE_NOT_FOUND"> {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const code = problems.some(({ rule }) => rule === fileNotFound) ? "CONFIG_FILE_NOT_FOUND" : "CONFIG_INVALID";
    super({ code, message: [`the configuration has ${count}:`, ...problems.map(formatProblem)].join("\n") });
    this.problems = problems;
  }

  static override is(error: unknown): error is ConfigError {
    return isErrorNamed(error, "ConfigError");
  }
}

function formatProblem(problem: ConfigProblem): string {
  const given = [problem.value, problem.source === undefined ? undefined : `from ${problem.source}`]
    .filter((part) => part !== undefined)
    .join(" ");
  return `- ${problem.path}${given === "" ? "" : ` (${given})`}: ${problem.rule}${problem.advice === undefined ? "" : `; ${problem.advice}`}`;
}
