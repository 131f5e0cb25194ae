/** Why something is not ready, or not live. */
export interface HealthReason {
  /** A fixed name, such as `broker-unreachable`. */
  readonly code: string;
  readonly message: string;
  /** For how long, in milliseconds, where that is known. */
  readonly forMs?: number;
  /** What is behind it. */
  readonly error?: unknown;
}

/** How something is. What a runtime's `health()` says fits. */
export interface ProbeAnswer {
  /** It can do its work now. */
  readonly ready: boolean;
  /** It works, or will go on by itself. Where it is false, only a new process helps. */
  readonly live: boolean;
  /** What keeps it from being ready or live; empty when nothing does. */
  readonly reasons: readonly HealthReason[];
}

/** Looks at one thing that a process needs. */
export interface Probe {
  readonly name: string;
  /** Whether it can find that only a new process helps. Other probes are not asked for liveness: a restart mends no broker. */
  readonly judgesLiveness: boolean;
  /** Looks. Whatever it throws means that it could not be told: not ready, and still live. The signal ends with the time that it has. */
  check(signal: AbortSignal): ProbeAnswer | Promise<ProbeAnswer>;
  /** Lets go of what it holds. Idempotent. */
  close?(): Promise<void>;
}

/** Nothing is wrong. */
export const well: ProbeAnswer = { ready: true, live: true, reasons: [] };
