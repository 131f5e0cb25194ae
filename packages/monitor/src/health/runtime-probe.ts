import { type Clock, InvalidOptionsError, systemClock } from "@millrace/core";
import { healthTimeProblems, healthTimes } from "./health-times.ts";
import type { Probe, ProbeAnswer } from "./probe.ts";
import { createWatchedTime } from "./watched-time.ts";

/** What a processor of a runtime has done so far. */
export interface ProcessorProgress {
  readonly handled: number;
  readonly retried: number;
  readonly deadLettered: number;
  readonly skipped: number;
  readonly parked: number;
  /** Handlers running now. */
  readonly running: number;
}

/** How to look at a runtime. */
export interface RuntimeProbeOptions {
  /** A runtime of `@millrace/runtime`, or something that knows by itself how it is. Stays its maker's. */
  readonly runtime: {
    health(): ProbeAnswer | Promise<ProbeAnswer>;
    /** By source topic. Without it hung handlers are not found. */
    statistics?(): ReadonlyMap<string, ProcessorProgress>;
  };
  /** @default "runtime" */
  readonly name?: string;
  /** For how long handlers of a processor may run without one coming back; more than the longest of them takes, or `Infinity`. @default 300_000 */
  readonly hungMs?: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/**
 * Asks a runtime how it is, and finds processors whose handlers are `hung`: some run, and none has come back for `hungMs`, counted from when that was first seen,
 * and from one look to the next at most half of that.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function runtimeProbe(options: RuntimeProbeOptions): Probe {
  const { runtime, name = "runtime", hungMs = healthTimes.hungMs, clock = systemClock } = options;
  const problems = healthTimeProblems({ hungMs });
  if (problems.length > 0) throw new InvalidOptionsError("runtimeProbe", problems);
  const watchedTime = createWatchedTime(clock, [hungMs]);
  let busy = new Map<string, { readonly done: number; readonly since: number }>();

  const look = (now: number): void => {
    const seen = new Map<string, { readonly done: number; readonly since: number }>();
    for (const [topic, { handled, retried, deadLettered, skipped, parked, running }] of runtime.statistics?.() ?? []) {
      const done = handled + retried + deadLettered + skipped + parked;
      const known = busy.get(topic);
      if (running > 0) seen.set(topic, known?.done === done ? known : { done, since: now });
    }
    busy = seen;
  };

  return {
    name,
    judgesLiveness: true,
    async check() {
      const now = watchedTime();
      look(now);
      const hung = [...busy].flatMap(([topic, { since }]) => {
        const forMs = now - since;
        return forMs < hungMs ? [] : [{ code: "hung", message: `no handler of ${topic} comes back`, forMs }];
      });
      const answer = await runtime.health();
      if (hung.length === 0) return answer;
      return { ready: false, live: false, reasons: [...answer.reasons, ...hung] };
    },
  };
}
