import type { ClaimWork } from "./claim-work.ts";

/** What to do about a record that blocks its partition. */
export type HeadOfLineAction = "log" | "retry-later" | "dead-letter" | "halt";

/** When a record blocks its partition, and what to do about it then. */
export interface HeadOfLineRule {
  /** For how long, in milliseconds, the record must have been the oldest one of its partition that is not settled; looked at once a second. @default 60_000 */
  readonly afterMs?: number;
  /** `log` warns; the others also fail the attempt that runs, or is waited for, with `RUNTIME_HEAD_OF_LINE`. @default "log" */
  readonly action?: HeadOfLineAction;
}

/** The rule with nothing left out. */
export type ResolvedHeadOfLineRule = Required<HeadOfLineRule>;

/** A record that blocks its partition. */
export interface BlockingRecord {
  readonly work: ClaimWork;
  readonly offset: number;
  /** For how long, in milliseconds. */
  readonly heldMs: number;
  /** Records that lie behind it and are settled. */
  readonly settledBehind: number;
}

interface Head {
  readonly offset: number;
  readonly since: number;
  isDealtWith: boolean;
}

// Of what lies behind, so much must be settled: then the record itself is what the partition waits for.
const nearlyAll = 0.98;
const headOfLineActions: readonly HeadOfLineAction[] = ["log", "retry-later", "dead-letter", "halt"];

/** Notices records that block their partitions: the window behind them is all but full, and all but settled. */
export class HeadOfLine {
  readonly #rule: ResolvedHeadOfLineRule;
  readonly #heads = new WeakMap<ClaimWork, Head>();

  constructor(rule: ResolvedHeadOfLineRule) {
    this.#rule = rule;
  }

  /** Looks at a partition, once a second or so. The record that blocks it, until it is dealt with. */
  look(work: ClaimWork, now: number): BlockingRecord | undefined {
    const { watermark } = work;
    const { position: offset, pending, unsettled } = watermark;
    let head = this.#heads.get(work);
    if (head?.offset !== offset) {
      head = { offset, since: now, isDealtWith: false };
      this.#heads.set(work, head);
    }
    const heldMs = now - head.since;
    const behind = pending - 1;
    const settledBehind = pending - unsettled;
    if (unsettled === 0 || head.isDealtWith || heldMs < this.#rule.afterMs || !work.isCrowded || settledBehind < behind * nearlyAll)
      return undefined;
    return { work, offset, heldMs, settledBehind };
  }

  /** It is not told again. */
  dealtWith({ work, offset }: BlockingRecord): void {
    const head = this.#heads.get(work);
    if (head?.offset === offset) head.isDealtWith = true;
  }
}

/** Fills in a rule; adds what is wrong with it to `problems`. */
export function resolveHeadOfLine(
  { afterMs = 60_000, action = "log" }: HeadOfLineRule,
  has: { readonly later: boolean; readonly deadLetter: boolean },
  problems: string[],
): ResolvedHeadOfLineRule {
  if (!(afterMs > 0)) problems.push(`headOfLine.afterMs must be more than 0 milliseconds, not ${afterMs}`);
  if (!headOfLineActions.includes(action))
    problems.push(`headOfLine.action must be "log", "retry-later", "dead-letter" or "halt", not ${JSON.stringify(action)}`);
  if (action === "retry-later" && !has.later) problems.push('headOfLine.action "retry-later" needs retryLater or retryTiers');
  if (action === "dead-letter" && !has.deadLetter) problems.push('headOfLine.action "dead-letter" needs deadLetter');
  return { afterMs, action };
}
