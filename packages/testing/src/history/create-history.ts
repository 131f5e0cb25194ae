import type { Clock } from "@millrace/core";
import { type HistoryEvent, type OffsetCommitted, placeName } from "./history-event.ts";

/** Takes down what happens. */
export interface History {
  readonly events: readonly HistoryEvent[];
  /** Takes an event down as the latest one. */
  record(event: HistoryEvent): void;
  /** What happened to one id and to those who had it in their hands, a line each with the time since the beginning, for whoever looks for a mistake. */
  tell(id: string): string[];
}

/** Makes a history that begins now, by the clock. */
export function createHistory({ clock }: { readonly clock: Clock }): History {
  const startMs = clock.monotonic();
  const events: HistoryEvent[] = [];
  const times: number[] = [];
  return {
    events,
    record(event) {
      events.push(event);
      times.push(clock.monotonic() - startMs);
    },
    tell(id) {
      const copies = events.filter((event) => event.kind === "record-stored").filter((event) => event.id === id);
      const places = new Set(copies.map(({ place }) => placeName(place)));
      const known = [...new Map(copies.map(({ place }) => [placeName(place), { place, isCovered: false }])).values()];
      /** Of commits those are told that change what is known of a place. */
      const tellsNews = (commit: OffsetCommitted): boolean => {
        const changed = known.filter(({ place, isCovered }) => {
          return place.topic === commit.topic && place.partition === commit.partition && covers(commit, place.offset) !== isCovered;
        });
        for (const one of changed) one.isCovered = !one.isCovered;
        return changed.length > 0;
      };
      const transactions = new Set(copies.map(({ transaction }) => transaction));
      const workers = new Set<string>();
      for (const event of events) if (event.kind === "record-settled" && places.has(placeName(event.place))) workers.add(event.worker);
      return events.flatMap((event, index) => {
        const isAbout =
          (event.kind === "record-stored" && event.id === id) ||
          ((event.kind === "record-settled" || event.kind === "record-seen") && places.has(placeName(event.place))) ||
          (event.kind === "offset-committed" && tellsNews(event)) ||
          (event.kind === "worker-struck" && workers.has(event.worker)) ||
          (event.kind === "transaction-ended" && transactions.has(event.transaction));
        return isAbout ? [`#${index} ${(times[index] as number).toFixed(0)} ms ${describe(event)}`] : [];
      });
    },
  };
}

function covers({ offset: committed, above = [] }: OffsetCommitted, offset: number): boolean {
  return offset < committed || above.some(({ from, to }) => from <= offset && offset < to);
}

function describe(event: HistoryEvent): string {
  switch (event.kind) {
    case "record-stored":
      return `${event.id} is stored at ${placeName(event.place)}${within(event.transaction)}`;
    case "record-settled":
      return `${event.worker}: ${event.outcome} ${placeName(event.place)}${event.reason === undefined ? "" : ` (${event.reason})`}${event.isLate === true ? ", late" : ""}${within(event.transaction)}`;
    case "record-seen":
      return `${placeName(event.place)} is seen`;
    case "offset-committed": {
      const above = (event.above ?? []).map(({ from, to }) => `${from}-${to - 1}`).join(", ");
      return `${placeName(event)} is committed${above === "" ? "" : `, and above it ${above}`}${within(event.transaction)}`;
    }
    case "worker-struck":
      return `${event.worker} is ${event.by}`;
    case "transaction-ended":
      return `transaction ${event.transaction}: ${event.outcome}`;
  }
}

function within(transaction: string | undefined): string {
  return transaction === undefined ? "" : ` in transaction ${transaction}`;
}
