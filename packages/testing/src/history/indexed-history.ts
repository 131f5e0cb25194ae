import {
  type HistoryEvent,
  type OffsetCommitted,
  placeName,
  type RecordPlace,
  type RecordSettled,
  type RecordStored,
  type TransactionEnded,
  type WorkerStruck,
} from "./history-event.ts";

/** An event and its index in the history. */
export interface Told<Event> {
  readonly event: Event;
  readonly at: number;
}

/** What became of one id. */
export interface RecordLife {
  readonly id: string;
  /** As it was stored first: its chain and rank count. */
  readonly first: RecordStored;
  readonly copies: readonly RecordStored[];
  /** Ends that took effect. */
  readonly ends: readonly Told<RecordSettled>[];
  /** The first sight of each copy. */
  readonly sights: readonly Told<RecordPlace>[];
}

/** A history, looked up from all sides. */
export interface IndexedHistory {
  readonly lives: ReadonlyMap<string, RecordLife>;
  /** By the name of their place. */
  readonly stored: ReadonlyMap<string, RecordStored>;
  /** Every settlement, also those that an aborted transaction undid. */
  readonly settlements: readonly Told<RecordSettled>[];
  readonly sights: readonly Told<RecordPlace>[];
  readonly allCommits: readonly Told<OffsetCommitted>[];
  /** Those that took effect. */
  readonly commits: readonly Told<OffsetCommitted>[];
  readonly strikes: readonly Told<WorkerStruck>[];
  readonly transactions: ReadonlyMap<string, TransactionEnded>;
  /** The index of the first settlement that took effect, by the name of the place. */
  readonly settledAt: ReadonlyMap<string, number>;
  /** Whether what was done in a transaction counts: it was committed, or nobody knows and something of it is there. */
  readonly takesEffect: (transaction: string | undefined) => boolean;
}

/** Looks through the events once. */
export function indexHistory(events: readonly HistoryEvent[]): IndexedHistory {
  const stored = new Map<string, RecordStored>();
  const transactions = new Map<string, TransactionEnded>();
  const settlements: Told<RecordSettled>[] = [];
  const sights: Told<RecordPlace>[] = [];
  const allCommits: Told<OffsetCommitted>[] = [];
  const strikes: Told<WorkerStruck>[] = [];
  for (const [at, event] of events.entries()) {
    if (event.kind === "record-stored") stored.set(placeName(event.place), event);
    else if (event.kind === "record-settled") settlements.push({ event, at });
    else if (event.kind === "record-seen") sights.push({ event: event.place, at });
    else if (event.kind === "offset-committed") allCommits.push({ event, at });
    else if (event.kind === "worker-struck") strikes.push({ event, at });
    else transactions.set(event.transaction, event);
  }

  const witnessed = new Set<string | undefined>(allCommits.map(({ event }) => event.transaction));
  for (const { event } of settlements) witnessed.add(stored.get(placeName(event.place))?.transaction);
  for (const { event } of sights) witnessed.add(stored.get(placeName(event))?.transaction);
  const takesEffect = (transaction: string | undefined): boolean => {
    if (transaction === undefined) return true;
    const outcome = transactions.get(transaction)?.outcome ?? "unknown";
    return outcome === "committed" || (outcome === "unknown" && witnessed.has(transaction));
  };

  const lives = new Map<
    string,
    { first: RecordStored; copies: RecordStored[]; ends: Told<RecordSettled>[]; sights: Told<RecordPlace>[] }
  >();
  for (const copy of stored.values()) {
    const life = lives.get(copy.id);
    if (life === undefined) lives.set(copy.id, { first: copy, copies: [copy], ends: [], sights: [] });
    else life.copies.push(copy);
  }
  const settledAt = new Map<string, number>();
  for (const told of settlements) {
    const { event, at } = told;
    if (!takesEffect(event.transaction)) continue;
    const place = placeName(event.place);
    if (!settledAt.has(place)) settledAt.set(place, at);
    if (event.outcome === "parked" || event.outcome === "dropped") continue;
    lives.get(stored.get(place)?.id ?? "")?.ends.push(told);
  }
  const seen = new Set<string>();
  for (const told of sights) {
    const place = placeName(told.event);
    if (seen.has(place)) continue;
    seen.add(place);
    lives.get(stored.get(place)?.id ?? "")?.sights.push(told);
  }
  return {
    lives: new Map([...lives].map(([id, life]) => [id, { id, ...life }])),
    stored,
    settlements,
    sights,
    allCommits,
    commits: allCommits.filter(({ event }) => takesEffect(event.transaction)),
    strikes,
    transactions,
    settledAt,
    takesEffect,
  };
}
