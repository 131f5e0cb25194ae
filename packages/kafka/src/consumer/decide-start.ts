/** Where reading a partition starts. */
export type StartDecision =
  | { readonly start: number; readonly lost: LostRange | null }
  /** The policy is `none` and there is no usable offset. */
  | { readonly start: null; readonly lost: LostRange | null; readonly why: string };

/** Records that retention deleted before they were read: `from` (inclusive) to `to` (exclusive). */
export interface LostRange {
  readonly from: number;
  readonly to: number;
}

/** The offsets a partition's log holds: the first one, and the next one to be written. */
export interface LogRange {
  readonly earliest: number;
  readonly latest: number;
}

/**
 * Decides where to read on. A position inside the log, its end included, stays. Without one, or outside the log, the reset policy decides; below the log's
 * start the records in between are lost.
 */
export function decideStart(
  /** null: the group has none. */
  position: number | null,
  log: LogRange,
  reset: "earliest" | "latest" | "none",
): StartDecision {
  const { earliest, latest } = log;
  if (position !== null && position >= earliest && position <= latest) return { start: position, lost: null };
  const lost = position !== null && position < earliest ? { from: position, to: earliest } : null;
  if (reset !== "none") return { start: reset === "earliest" ? earliest : latest, lost };
  const why =
    position === null ? "there is no stored offset" : `offset ${position} is outside the log, which holds ${earliest} to ${latest}`;
  return { start: null, lost, why };
}
