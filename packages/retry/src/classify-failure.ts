import { MillraceError } from "@millrace/core";

/**
 * What to do about a failure. `retry`: try again, in place. `retry-later`: put the record aside, to be tried again when its time has come.
 * `dead-letter`: nothing to be gained by trying. `skip`: the record does not matter. `halt`: nothing may go on.
 */
export type FailureClass = "retry" | "retry-later" | "dead-letter" | "skip" | "halt";

/** What a kind of failure is classified as. */
export interface FailureRule {
  /** An error's class, its `code` (text or number), or a function that knows it. */
  readonly error: (abstract new (...parameters: never[]) => Error) | string | number | { readonly matches: (error: unknown) => boolean };
  readonly is: FailureClass;
}

/** How a classifier decides. */
export interface ClassifierOptions {
  /** The first that fits an error counts. */
  readonly rules?: readonly FailureRule[];
  /** What no rule fits. @default `dead-letter` where an error of millrace that is not retryable is among the causes, else `retry` */
  readonly otherwise?: FailureClass | undefined;
}

const deepestCause = 32;

/**
 * Makes the function that a processor's `classify` takes. It looks at the failure, then at its cause, and so on, because what was thrown is often a wrapper:
 * the outermost error that a rule fits decides.
 */
export function createClassifier({ rules = [], otherwise }: ClassifierOptions = {}): (error: unknown) => FailureClass {
  return (failure) => {
    const causes = causesOf(failure);
    for (const error of causes) {
      const rule = rules.find(({ error: wanted }) => looked(() => fits(error, wanted)));
      if (rule !== undefined) return rule.is;
    }
    if (otherwise !== undefined) return otherwise;
    return causes.some((error) => looked(() => MillraceError.is(error) && !error.retryable)) ? "dead-letter" : "retry";
  };
}

/** A failure and what caused it, outermost first; each once. */
function causesOf(failure: unknown): readonly unknown[] {
  const causes = new Set<unknown>();
  for (
    let error = failure;
    error !== undefined && error !== null && !causes.has(error) && causes.size < deepestCause;
    error = causeOf(error)
  )
    causes.add(error);
  return [...causes];
}

function causeOf(error: unknown): unknown {
  return looked(() => property(error, "cause"));
}

function property(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}

/** What is thrown may be a proxy, or have a getter that throws. */
function looked<Seen>(look: () => Seen): Seen | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function fits(error: unknown, wanted: FailureRule["error"]): boolean {
  if (typeof wanted === "function") return error instanceof wanted;
  if (typeof wanted === "object") return wanted.matches(error);
  // `kafkaError` is the broker's own name for it; kafkajs calls it `type`.
  return ["code", "kafkaError", "type"].some((name) => property(error, name) === wanted);
}
