/** One thing with a beginning and an end. */
export interface LifecyclePart {
  readonly name: string;
  readonly start?: () => Promise<void> | void;
  readonly stop?: () => Promise<void> | void;
}

/** Where a lifecycle stands; it only moves forward. */
export type LifecycleState = "new" | "starting" | "running" | "stopping" | "stopped";

/** Parts that start in order and stop in reverse. */
export interface Lifecycle {
  readonly state: LifecycleState;
  /**
   * Starts the parts one after another. Calling it again gives the same promise.
   * If a part fails, those already started are stopped in reverse and the failure is thrown.
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
  let state: LifecycleState = "new";
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
        if (stopping === undefined) {
          state = "stopping";
          const failures = await stopStarted();
          state = "stopped";
          if (failures.length > 0)
            throw new AggregateError([error, ...failures], `${name}: ${part.name} did not start, and stopping the others failed too`);
        }
        throw error;
      }
    }
    if (stopping === undefined) state = "running";
  };

  const stopStarted = async (): Promise<unknown[]> => {
    const failures: unknown[] = [];
    for (let part = started.pop(); part !== undefined; part = started.pop()) {
      try {
        await part.stop?.();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  };

  const lifecycle: Lifecycle = {
    get state() {
      return state;
    },
    start() {
      if (starting === undefined) starting = stopping === undefined ? startParts() : Promise.resolve();
      return starting;
    },
    stop() {
      stopping ??= (async () => {
        // A failed start has already been reported to whoever called start().
        await starting?.catch(() => undefined);
        state = "stopping";
        const failures = await stopStarted();
        state = "stopped";
        if (failures.length > 0) throw new AggregateError(failures, `${name}: ${failures.length} part(s) failed to stop`);
      })();
      return stopping;
    },
    [Symbol.asyncDispose]: () => lifecycle.stop(),
  };
  return lifecycle;
}
