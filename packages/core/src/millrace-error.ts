const brand = Symbol.for("millrace.error");

/** What every millrace error is made from. */
export interface MillraceErrorOptions<Code extends string = string> {
  /** Stable identifier, unique in the package that throws it. */
  readonly code: Code;
  /** What happened, with what, and what to do next. */
  readonly message: string;
  /** Whether the same call may succeed later without a change. @default false */
  readonly retryable?: boolean | undefined;
  /** The failure behind this one. */
  readonly cause?: unknown;
}

/**
 * Base of every error that millrace throws. Errors are told apart by `code` or by the static `is` of their class, never by `instanceof`:
 * two copies of a package in one process still recognise each other's errors.
 *
 * `toJSON()` gives name, code, message, retryable, the class's own fields and the chain of causes; it holds only JSON values.
 */
export class MillraceError<Code extends string = string> extends Error {
  override readonly name: string = "MillraceError";
  readonly code: Code;
  readonly retryable: boolean;

  constructor(options: MillraceErrorOptions<Code>) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.retryable = options.retryable ?? false;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `error` is a millrace error of any package, even of another copy of it. */
  static is(error: unknown): error is MillraceError {
    return hasBrand(error);
  }

  toJSON(): Record<string, unknown> {
    const json: Record<string, unknown> = { name: this.name, code: this.code, message: this.message, retryable: this.retryable };
    for (const [field, value] of Object.entries(this)) {
      if (field !== "name" && field !== "code" && field !== "retryable") json[field] = toJsonValue(value);
    }
    if (this.cause !== undefined) json["cause"] = describeCause(this.cause, 0);
    return json;
  }
}

/**
 * Whether `error` is a millrace error whose class is called `name`. The static `is` of each error class is this one line:
 * `static override is(error: unknown): error is XError { return isErrorNamed(error, "XError"); }`
 */
export function isErrorNamed(error: unknown, name: string): boolean {
  return hasBrand(error) && error.name === name;
}

function hasBrand(error: unknown): error is MillraceError {
  try {
    return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[brand] === true;
  } catch {
    // A proxy, which may fail when it is looked at.
    return false;
  }
}

/** A proxy, or something with a getter that throws. */
const unserialisable = "[not serialisable]";
const deepestCause = 8;
/** Of an AggregateError. */
const mostErrors = 10;

function describeCause(cause: unknown, depth: number): unknown {
  try {
    return cause instanceof Error ? describeError(cause, depth) : toJsonValue(cause);
  } catch {
    return unserialisable;
  }
}

function describeError(cause: Error, depth: number): unknown {
  const described: Record<string, unknown> = { name: cause.name, message: cause.message };
  const code = (cause as { code?: unknown }).code;
  if (typeof code === "string" || typeof code === "number") described["code"] = code;
  if (depth < deepestCause) {
    if (cause.cause !== undefined) described["cause"] = describeCause(cause.cause, depth + 1);
    // Each step down may be tenfold, so these steps are fewer.
    if (cause instanceof AggregateError)
      described["errors"] = cause.errors.slice(0, mostErrors).map((error) => describeCause(error, depth + 4));
  }
  return described;
}

function toJsonValue(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function") return String(value);
  if (typeof value !== "object" || value === null) return value;
  try {
    if (value instanceof Error) return describeError(value, 0);
    const text = JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? String(inner) : inner));
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return unserialisable;
  }
}
