import { checkCommits } from "./check-commits.ts";
import { checkDeadLetters } from "./check-dead-letters.ts";
import { checkEnds, checkOrder } from "./check-ends.ts";
import { checkTransactions } from "./check-transactions.ts";
import type { HistoryEvent } from "./history-event.ts";
import type { HistoryFinding } from "./history-finding.ts";
import { indexHistory } from "./indexed-history.ts";
import { createExcuses } from "./repeat-excuses.ts";

/** What else a history is checked against. */
export interface CheckHistoryOptions {
  /** Which ids must be dead letters in the end, and why; no others may be. @default dead letters are not checked */
  readonly deadLetters?: ReadonlyMap<string, string> | undefined;
}

/**
 * Looks for what must not be in the history of a consumer group that has been given the time to finish; gives nothing where all is well. Pure: the same events
 * give the same findings. The promises it checks:
 *
 * - everything stored comes to an end (`lost`), nothing else does (`invented`), nothing of an aborted transaction does (`aborted-read`);
 * - nothing comes to an end twice (`duplicated`), but for what a worker had ended and the group's offset did not tell yet when that worker was killed or cut off, and what it ended late;
 * - the first ends of a chain are in its order (`reordered`), however often its records end;
 * - no commit tells of something that is not settled (`committed-too-far`);
 * - of a transaction everything is there or nothing (`torn-transaction`);
 * - the dead letters are the expected ones (`wrong-dead-letter`).
 *
 * A topic's records are either settled by the group or seen by readers outside; what is both is checked as each alone.
 */
export function checkHistory(events: readonly HistoryEvent[], options: CheckHistoryOptions = {}): HistoryFinding[] {
  const history = indexHistory(events);
  return [
    ...checkEnds(history, createExcuses(history)),
    ...checkOrder(history),
    ...checkCommits(history),
    ...checkTransactions(history),
    ...(options.deadLetters === undefined ? [] : checkDeadLetters(history, options.deadLetters)),
  ];
}
