/** What a fault does to the requests that it meets. */
export type FaultKind =
  | "error"
  | "delay"
  | "drop"
  | "stall"
  | "duplicate"
  | "cut"
  | "trickle"
  | "coordinator-loss"
  | "leader-change"
  | "intercept";

/** A fault that was put into a broker. */
export interface Fault {
  readonly kind: FaultKind;
  /** How many requests it has met. */
  readonly hits: number;
  /** Whether it can still meet a request: it was not undone, and its `times` and `forMs` are not used up. */
  readonly active: boolean;
  /** Takes it out; the requests that it holds back go on. Idempotent. */
  undo(): void;
}
