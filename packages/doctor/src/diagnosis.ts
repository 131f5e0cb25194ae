import type { Finding } from "@millrace/core";

/** What a diagnosis says about one problem that was looked for. */
export interface CheckedProblem {
  /** By its fixed name, such as `topic-missing`. */
  readonly problem: string;
  /** `passed`: it was looked for everywhere, and is not there. `not-checked`: it is not known, for the reason given. */
  readonly outcome: "passed" | "found" | "not-checked";
  /** Why it was not looked for, or not everywhere; null when it was. */
  readonly reason: string | null;
}

/** What a doctor found. Plain, frozen data that survives JSON; holds no secret. */
export interface Diagnosis {
  /** Whether there is no finding of severity `error`. What was not checked counts for nothing: look at `checks`. */
  readonly is_healthy: boolean;
  /** Errors first. */
  readonly findings: readonly Finding[];
  /** Every problem that was looked for. */
  readonly checks: readonly CheckedProblem[];
  /** When it began, as ISO 8601. */
  readonly checkedAt: string;
  readonly durationMs: number;
}
