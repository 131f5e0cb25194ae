import { vi } from "vitest";

const longMs = 1_000_000;

/** How many timers of a quarter of an hour and more are pending: nobody but the driver's connections sets such. Watches until all spies are restored. */
export function watchLongTimers(): () => number {
  const pending = new Set<unknown>();
  const { setTimeout: set, clearTimeout: clear, clearInterval: clearOther } = globalThis;
  vi.spyOn(globalThis, "setTimeout").mockImplementation((task: () => void, delayMs?: number) => {
    const timer = set(task, delayMs);
    if ((delayMs ?? 0) >= longMs) pending.add(timer);
    return timer;
  });
  vi.spyOn(globalThis, "clearTimeout").mockImplementation((timer) => {
    pending.delete(timer);
    clear(timer);
  });
  vi.spyOn(globalThis, "clearInterval").mockImplementation((timer) => {
    pending.delete(timer);
    clearOther(timer);
  });
  return () => pending.size;
}
