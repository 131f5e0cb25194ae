import type { Runtime } from "./runtime.ts";

/** How `run` ends. */
export interface RunOptions {
  /** Signals that drain and stop. @default ["SIGTERM", "SIGINT"] */
  readonly signals?: readonly NodeJS.Signals[];
  /** What a second signal does. @default process.exit(1) */
  readonly exit?: (code: number) => void;
}

/**
 * Starts a runtime and waits for it to stop; the first signal stops it gracefully, the second exits at once. Signal listeners are gone when the promise settles.
 * Rejects with what stopped the runtime, if that was a failure.
 */
export async function runUntilSignal(runtime: Pick<Runtime, "start" | "stop" | "stopped">, options: RunOptions = {}): Promise<void> {
  const { signals = ["SIGTERM", "SIGINT"], exit = (code) => process.exit(code) } = options;
  let received = 0;
  const onSignal = (): void => {
    received++;
    if (received === 1) void runtime.stop();
    else exit(1);
  };
  // Before the start: a signal that comes while it joins must stop it too.
  for (const signal of signals) process.on(signal, onSignal);
  try {
    await runtime.start();
    await runtime.stopped;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
