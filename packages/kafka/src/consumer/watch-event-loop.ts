import { type Cancel, type Clock, systemClock } from "@millrace/core";

/**
 * Tells when the event loop stood still for a heartbeat's interval or longer, with how long: nothing was sent meanwhile, heartbeats neither, and a
 * member that is silent for its session time-out loses its partitions. Returns what ends the watch. In virtual time nothing can stand still.
 */
export function watchEventLoop(clock: Clock, intervalMs: number, onBlocked: (blockedMs: number) => void): Cancel {
  if (clock !== systemClock) return () => {};
  let cancel: Cancel;
  const look = (dueMs: number): void => {
    cancel = clock.schedule(intervalMs, () => {
      const lateMs = clock.monotonic() - dueMs;
      if (lateMs >= intervalMs) onBlocked(Math.round(lateMs));
      look(clock.monotonic() + intervalMs);
    });
  };
  look(clock.monotonic() + intervalMs);
  return () => cancel();
}
