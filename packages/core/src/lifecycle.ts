import { ClosedError } from "./core-error.ts";

/** One thing with a beginning and an end. */
export interface LifecyclePart {
  readonly name: string;
  readonly start?: () => Promise<void> | void;
  readonly stop?: () => Promise<void> | void;
}

/** Parts that start in order and stop in reverse. */
export interface Lifecycle {
  /** It only moves forward. */
  readonly state: "new" | "starting" | "running" | "stopping" | "stopped";
  /**
   * Starts the parts one after another. Calling it again gives the same promise.
   * If a part fails, those already started are stopped in reverse and the failure is thrown. A start that `stop()` overtakes ends early, without
   * a failure: `state` says that nothing runs.
   * @throws ClosedError (`CLOSED`) after `stop()`; else what the part threw, in an AggregateError when stopping the others failed too.
   */
  start(): Promise<void>;
  /**
   * Stops the started parts in reverse order; one that fails does not keep the others from stopping. Calling it again gives the same promise.
   * During a start it waits for the part that is starting, then stops what runs.
   * @throws AggregateError with every failure
   */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Binds parts into one lifecycle. Starting twice, stopping twice and stopping what never started are all safe. */
export function createLifecycle(name: string, parts: readonly LifecyclePart[]): Lifecycle {
  let state: Lifecycle["state"] = "new";
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  const started: LifecyclePart[] = [];

  const startParts = async (): Promise<void> => {
    state = "starting";
    for (const part of parts) {
      if (stopping !== undefined) return;
      try {
        await part.start?.();
        started.push(part);
      } catch (error) {
        // A stop that is under way stops the others itself.
        if (stopping !== undefined) throw error;
        const failures = await stopStarted();
        if (failures.length === 0) throw error;
        throw new AggregateError(
          [error, ...failures.map((failure) => failure.error)],
          `${name}: ${part.name} did not start; ${sentence(failures)}`,
        );
      }
    }
    if (stopping === undefined) state = "running";
  };

  const stopStarted = async (): Promise<StopFailure[]> => {
    state = "stopping";
    const failures: StopFailure[] = [];
    for (let part = started.pop(); part !== undefined; part = started.pop()) {
      try {
        await part.stop?.();
      } catch (error) {
        failures.push({ part, error });
      }
    }
    state = "stopped";
    return failures;
  };

  const stopParts = async (): Promise<void> => {
    // A failed start has already been reported to whoever called start(), and has stopped what ran.
    await starting?.catch(() => undefined);
    if (state === "stopped") return;
    const failures = await stopStarted();
    if (failures.length > 0) {
      throw new AggregateError(
        failures.map(({ error }) => error),
        `${name}: ${sentence(failures)}`,
      );
    }
  };

  const lifecycle: Lifecycle = {
    get state() {
      return state;
    },
    start() {
      starting ??= stopping === undefined ? startParts() : Promise.reject(new ClosedError(name));
      return starting;
    },
    stop() {
      stopping ??= stopParts();
      return stopping;
    },
    [Symbol.asyncDispose]: () => lifecycle.stop(),
  };
  return lifecycle;
}

interface StopFailure {
  readonly part: LifecyclePart;
  readonly error: unknown;
}

function sentence(failures: readonly StopFailure[]): string {
  return `failed to stop: ${failures.map(({ part }) => part.name).join(", ")}`;
}
