import type { HealthReason } from "./probe.ts";

/** What is asked, by Kubernetes' names. */
export type HealthKind = "startup" | "readiness" | "liveness";

/** An answer with its reasons. */
export interface HealthReport {
  readonly kind: HealthKind;
  readonly isUp: boolean;
  readonly probes: readonly {
    readonly name: string;
    readonly isUp: boolean;
    /** Why it is not ready, or not live. */
    readonly reasons: readonly HealthReason[];
  }[];
}

/** Tells whether a process has started, can work, and should live on. Made by `createHealth`. */
export interface Health {
  /** Up from the first time that every probe was ready. */
  startup(): Promise<HealthReport>;
  /** Up while every probe is ready. */
  readiness(): Promise<HealthReport>;
  /** Down when a probe says that only a new process helps. */
  liveness(): Promise<HealthReport>;
  /** Ends probes that run, and closes them. Questions after it find everything down. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
