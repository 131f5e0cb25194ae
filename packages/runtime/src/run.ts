import { InvalidOptionsError } from "@millrace/core";
import type { Runtime } from "./runtime.ts";

/** How `run` ends. */
export interface RunOptions {
  /** Signals that drain and stop. @default ["SIGTERM", "SIGINT"] */
  readonly signals?: readonly NodeJS.Signals[];
  /** How long running handlers may take to finish when it stops, in milliseconds. @default `drainMs` of the runtime */
  readonly drainMs?: number;
  /** Called once, when the group has first given the runtime its partitions. */
  readonly onReady?: () => void;
  /** What a second signal does. @default process.exit(1) */
  readonly exit?: (code: number) => void;
}

/** What `run` needs of a runtime. */
export interface Runnable extends Pick<Runtime, "start" | "stop" | "stopped"> {
  /** Resolves when the group has first given it its partitions; may never settle. */
  readonly assigned: Promise<void>;
}

/**
 * Starts a runtime and waits for it to stop; the first signal stops it gracefully, the second exits at once. Signal listeners are gone when the promise settles.
 * Rejects with what stopped the runtime, if that was a failure.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export async function runUntilSignal(runtime: Runnable, options: RunOptions = {}): Promise<void> {
  const { signals = ["SIGTERM", "SIGINT"], exit = (code) => process.exit(code), onReady, drainMs } = options;
  // Not only when the signal comes: then it must stop.
  if (drainMs !== undefined && !(drainMs >= 0))
    throw new InvalidOptionsError("run", [`drainMs must be 0 or more milliseconds, not ${drainMs}`]);
  let received = 0;
  const onSignal = (): void => {
    received++;
    if (received === 1) void runtime.stop(drainMs === undefined ? {} : { drainMs });
    else exit(1);
  };
  // Before the start: a signal that comes while it joins must stop it too.
  for (const signal of signals) process.on(signal, onSignal);
  if (onReady !== undefined) void runtime.assigned.then(onReady);
  try {
    await runtime.start();
    await runtime.stopped;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
