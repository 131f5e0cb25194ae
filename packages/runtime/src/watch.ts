import { performance } from "node:perf_hooks";
import { type Cancel, type Clock, systemClock } from "@millrace/core";
import type { ClaimWork } from "./claim-work.ts";
import type { Processor } from "./processor.ts";
import type { Hindrance } from "./slow-reason.ts";

const intervalMs = 1_000;

/** Looks after processors once a second, until it is cancelled. */
export function watchProcessors(parts: {
  readonly clock: Clock;
  /** By topic, source and retry topics. */
  readonly processors: ReadonlyMap<string, Processor>;
  /** Partitions that are held now. */
  works(): Iterable<ClaimWork>;
  /** What keeps a processor from taking records in. */
  hindrance(processor: Processor): Hindrance;
}): Cancel {
  const { clock, processors } = parts;
  let lookedAt = clock.monotonic();
  let use = performance.eventLoopUtilization();
  let cancel: Cancel;

  const look = (): void => {
    const now = clock.monotonic();
    const elapsedMs = now - lookedAt;
    const current = performance.eventLoopUtilization();
    // In virtual time the loop is never busy.
    const utilization = clock === systemClock ? performance.eventLoopUtilization(current, use).utilization : 0;
    lookedAt = now;
    use = current;
    const worksOf = Map.groupBy(parts.works(), ({ claim }) => processors.get(claim.topic));
    for (const processor of new Set(processors.values())) {
      const loop = { elapsedMs, lateMs: elapsedMs - intervalMs, utilization };
      processor.watch(worksOf.get(processor) ?? [], loop, parts.hindrance(processor));
    }
  };

  const schedule = (): void => {
    cancel = clock.schedule(
      intervalMs,
      () => {
        look();
        schedule();
      },
      { background: true },
    );
  };
  schedule();
  return () => cancel();
}
