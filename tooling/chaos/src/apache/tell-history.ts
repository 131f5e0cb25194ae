import { type Clock, systemClock } from "@millrace/core";
import { decodeDeadLetter } from "@millrace/retry";
import { createHistory, type History, type HistoryEvent } from "@millrace/testing";
import { CopyLedger } from "../copy-ledger.ts";
import { readOffsetMap } from "../read-offset-map.ts";
import { letterTopic, retryTopic } from "../watch-copies.ts";
import type { ApacheLog } from "./apache-log.ts";
import type { ProcessNote } from "./worker-orders.ts";

/** What somebody outside did to a worker, or saw. */
export interface TimedStrike {
  readonly at: number;
  readonly worker: string;
  readonly by: "killed" | "cut-off" | "restored";
}

/** For so long a worker that gave up may still end what it had begun. */
const overdueMs = 3_000;

/** In one millisecond: who is cut off was so before, a record is settled before its offset is committed, and who died had told everything. */
const ranks = { "cut-off": 0, told: 1, stored: 2, committed: 3, killed: 4, restored: 5 } as const;

/** Puts together, by the time of day, what processes told, what brokers kept and what was done to workers. */
export function tellHistory(options: {
  readonly log: ApacheLog;
  readonly notes: ReadonlyMap<string, readonly ProcessNote[]>;
  readonly strikes: readonly TimedStrike[];
  readonly hasRounds: boolean;
}): History {
  const { log, notes, strikes, hasRounds } = options;
  const steps: { readonly at: number; readonly rank: number; readonly run: () => void }[] = [];
  const add = (at: number, when: keyof typeof ranks, run: () => void): void => void steps.push({ at, rank: ranks[when], run });
  let now = 0;
  const clock: Clock = { ...systemClock, now: () => now, monotonic: () => now };
  // The clock is asked for the beginning at once.
  now = Math.min(...[...notes.values()].flatMap((list) => list.slice(0, 1).map(({ at }) => at)), ...log.commits.map(({ at }) => at));
  const history = createHistory({ clock });
  const ledger = hasRounds ? new CopyLedger(history) : undefined;
  const gaveUpAt = new Map<string, number>();
  const isLate = (worker: string): boolean => now - (gaveUpAt.get(worker) ?? Number.NEGATIVE_INFINITY) < overdueMs;
  const cutOff = new Map<string, number>();
  const isSomebodyForeign = (): boolean => cutOff.size > 0 || [...gaveUpAt.keys()].some(isLate);

  for (const [worker, list] of notes) {
    for (const { at, note } of list) {
      if (note.kind === "gave-up") add(at, "told", () => gaveUpAt.set(worker, at));
      else if (note.kind === "record-settled") add(at, "told", () => (ledger ?? history).record(renamed(note, log)));
    }
  }
  if (ledger !== undefined) {
    for (const copy of log.records(retryTopic))
      add(copy.timestamp, "stored", () => ledger.copyStored(copy, "somebody", isSomebodyForeign()));
    const deaths = new Map(strikes.flatMap(({ at, worker, by }) => (by === "killed" ? [[worker, at] as const] : [])));
    for (const letter of log.records(letterTopic)) {
      // What a worker had sent when it died may be stored later: it had come to that end before.
      const death = deaths.get(decodeDeadLetter(letter).consumerId) ?? Number.POSITIVE_INFINITY;
      add(Math.min(letter.timestamp, death), "stored", () => ledger.letterStored(letter, isLate));
    }
  }
  for (const { at, topic, partition, offset, metadata } of log.commits) {
    const above = readOffsetMap(metadata);
    add(at, "committed", () => history.record({ kind: "offset-committed", topic, partition, offset, above }));
  }
  for (const { at, worker, by } of strikes) {
    add(at, by, () => {
      // A worker may be cut off for several reasons at once.
      const reasons = (cutOff.get(worker) ?? 0) + (by === "cut-off" ? 1 : by === "restored" ? -1 : 0);
      if (reasons > 0) cutOff.set(worker, reasons);
      else cutOff.delete(worker);
      if (by === "killed" || reasons === (by === "cut-off" ? 1 : 0)) history.record({ kind: "worker-struck", worker, by });
    });
  }
  for (const { at, run } of steps.toSorted((one, other) => one.at - other.at || one.rank - other.rank)) {
    now = at;
    run();
  }
  return history;
}

function renamed(event: Extract<HistoryEvent, { kind: "record-settled" }>, log: ApacheLog): HistoryEvent {
  return { ...event, place: { ...event.place, topic: log.nameOf(event.place.topic) } };
}
