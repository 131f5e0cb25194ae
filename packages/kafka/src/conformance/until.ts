import { sleep } from "@millrace/core";

/** Longest time a cell waits for one thing to come about. */
const patienceMs = 20_000;

/**
 * Waits until the condition gives something truthy, and gives that.
 * @throws Error naming what did not come about
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs: number = patienceMs,
): Promise<Exclude<T, false | undefined | null>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value as Exclude<T, false | undefined | null>;
    if (performance.now() > deadline) throw new Error(`${what} did not come about within ${timeoutMs} ms`);
    await sleep(5);
  }
}
