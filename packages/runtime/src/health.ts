import type { Standing } from "./member.ts";
import type { Interruption } from "./supervisor.ts";

/** Why a runtime is not ready, or not live. */
export type HealthCode =
  /** `start` has not been called, or the group has not given it anything to do yet, be it nothing. */
  | "starting"
  /** Its partitions went a while ago, and the group has not given it others yet. */
  | "rebalancing"
  /** Its consumer failed, and is about to be started again. */
  | "restarting"
  /** Nothing has been heard from the group, or from any leader of its partitions, for `unheardMs`. */
  | "unheard"
  /** `drain` was called. */
  | "drained"
  /** It stops, or has stopped because it was told to. */
  | "stopping"
  /** It stopped because of a failure. */
  | "halted";

/** One reason. */
export interface HealthReason {
  readonly code: HealthCode;
  readonly message: string;
  /** For how long, in milliseconds, where that is known. */
  readonly forMs?: number;
  /** What is behind it. */
  readonly error?: unknown;
}

/** How a runtime is. */
export interface RuntimeHealth {
  /** It takes records in, as far as there are any. */
  readonly ready: boolean;
  /** It works, or will go on by itself. Where it is false, only a new process helps. */
  readonly live: boolean;
  /** What keeps it from being ready or live; empty when nothing does. */
  readonly reasons: readonly HealthReason[];
}

/** What is known of a runtime. */
export interface RuntimeView {
  readonly standing: Standing | undefined;
  readonly interruption: Interruption | undefined;
  /** For how long nothing was heard that should have been, in milliseconds. */
  readonly unheardMs: number;
  /** Since when consumers have failed one after the other, none of them having been given partitions; by the monotonic clock. */
  readonly unwellSince: number | undefined;
  readonly isDrained: boolean;
  readonly isStopping: boolean;
  readonly failure: { readonly error: unknown } | undefined;
  /** By the monotonic clock. */
  readonly now: number;
}

/** What is called too long, in milliseconds. */
export interface HealthLimits {
  /** For a rebalance, before it is not ready. */
  readonly rebalanceMs: number;
  /** For hearing nothing, before it is not live. */
  readonly unheardMs: number;
}

/** Judges a runtime. */
export function assessHealth(view: RuntimeView, limits: HealthLimits): RuntimeHealth {
  const { standing, interruption, failure, now } = view;
  if (failure !== undefined)
    return { ready: false, live: false, reasons: [{ code: "halted", message: "it was stopped by a failure", error: failure.error }] };
  if (view.isStopping) return { ready: false, live: true, reasons: [{ code: "stopping", message: "it stops, or has stopped" }] };
  if (standing === undefined)
    return { ready: false, live: true, reasons: [{ code: "starting", message: "it has not begun to join its group" }] };
  const reasons: HealthReason[] = [];
  if (view.isDrained) reasons.push({ code: "drained", message: "it takes nothing in until resume() is called" });
  const unheard = (forMs: number): readonly HealthReason[] => {
    return forMs < limits.unheardMs
      ? []
      : [{ code: "unheard", message: "neither its group nor a leader of its partitions has answered as it should", forMs }];
  };
  if (interruption !== undefined) {
    const late = unheard(now - (view.unwellSince ?? now));
    const message = `its consumer failed ${interruption.failures === 1 ? "once" : `${interruption.failures} times in a row`}, and is started again`;
    return {
      ready: false,
      live: late.length === 0,
      reasons: [...reasons, { code: "restarting", message, error: interruption.error }, ...late],
    };
  }
  const forMs = now - (view.unwellSince ?? standing.since);
  const isAssigned = standing.phase === "assigned";
  if (standing.phase === "joining") reasons.push({ code: "starting", message: "its group has not given it partitions yet", forMs });
  else if (!isAssigned && forMs >= limits.rebalanceMs)
    reasons.push({ code: "rebalancing", message: "its partitions went, and its group has not given it others yet", forMs });
  const late = unheard(isAssigned ? view.unheardMs : forMs);
  reasons.push(...late);
  return { ready: reasons.length === 0, live: late.length === 0, reasons };
}
