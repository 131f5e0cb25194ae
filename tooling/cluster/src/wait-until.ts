import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until `condition` holds; false when it did not within `deadlineMs`. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, deadlineMs: number, intervalMs = 100): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() >= end) return false;
    await sleep(intervalMs);
  }
  return true;
}
