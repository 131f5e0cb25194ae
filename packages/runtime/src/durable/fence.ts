/** Whose turn it is: the records of one key, or a single record that has no key and no order. */
export type Lane = string | number;

/** Names a record by where it was first read, however often it is written again. The time tells records of a topic that was made anew from older ones. */
export interface Origin {
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** What is to become of a copy whose turn it is. */
export type Verdict =
  /** It is handled. */
  | "run"
  /** One of its lane that came first lies behind it in the log: it is written again, to be met after that one. */
  | "move"
  /** It is just being written again, or the one of its lane that comes first is: once it is known where to, more can be said. */
  | "wait"
  /** A newer copy of it is there, or it has been settled: nothing is to be done. */
  | "drop";

interface Entry extends Origin {
  readonly lane: Lane;
  /** Of its newest copy in the retry partition; -1 when that is not known yet. */
  position: number;
  /** Copies that are being written, at positions to be told. */
  writing: number;
}

/**
 * What waits in a retry partition and is not settled: while a lane has something there, later records of it have to wait behind it.
 *
 * The order of a lane is that of the offsets where its records were first read, whatever the order of their copies in the retry partition. Of one record only
 * the newest copy counts. Holds numbers and keys, never records.
 */
export class Fence {
  readonly #entries = new Map<string, Entry>();
  /** Ascending by origin. */
  readonly #lanes = new Map<Lane, Entry[]>();

  /** Records that wait. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether later records of the lane have to wait. */
  isClosed(lane: Lane): boolean {
    return this.#lanes.has(lane);
  }

  has(origin: Origin): boolean {
    return this.#entries.size > 0 && this.#entries.has(nameOf(origin));
  }

  /** A copy is there. Copies are met in the order of the log, but their writing may be answered before or after. */
  found(origin: Origin, lane: Lane, position: number): void {
    const entry = this.#enter(origin, lane);
    entry.position = Math.max(entry.position, position);
  }

  /** A copy is being written: from now on the lane is closed. */
  writes(origin: Origin, lane: Lane): void {
    const entry = this.#enter(origin, lane);
    entry.writing++;
    entry.position = -1;
  }

  /** It was stored there; -1: nobody knows where, or writing was given up. */
  wrote(origin: Origin, position: number): void {
    const entry = this.#entries.get(nameOf(origin));
    if (entry === undefined) return;
    entry.writing--;
    entry.position = Math.max(entry.position, position);
  }

  /** Judges the copy whose turn it is: every copy of its lane that lies below it has had its own. */
  judge(origin: Origin, position: number): Verdict {
    const entry = this.#entries.get(nameOf(origin));
    if (entry === undefined) return "drop";
    // It may be this one that is being written: only the answer will tell.
    if (entry.writing > 0) return "wait";
    if (entry.position > position) return "drop";
    const lane = this.#lanes.get(entry.lane) ?? [];
    for (;;) {
      const first = lane[0];
      if (first === undefined || first === entry) return "run";
      if (first.writing > 0) return "wait";
      if (first.position < 0 || first.position > position) return "move";
      // It should have been met: the log has lost it.
      this.#leave(first);
    }
  }

  /** The copy at this position has been settled. A newer one, if there is one, has not. */
  settle(origin: Origin, position: number): void {
    const entry = this.#entries.get(nameOf(origin));
    if (entry !== undefined && entry.position <= position) this.#leave(entry);
  }

  #enter({ offset, timestamp }: Origin, lane: Lane): Entry {
    const name = nameOf({ offset, timestamp });
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const entry: Entry = { offset, timestamp, lane, position: -1, writing: 0 };
    this.#entries.set(name, entry);
    const entries = this.#lanes.get(lane);
    if (entries === undefined) this.#lanes.set(lane, [entry]);
    else entries.splice(placeOf(entry, entries), 0, entry);
    return entry;
  }

  #leave(entry: Entry): void {
    this.#entries.delete(nameOf(entry));
    const entries = this.#lanes.get(entry.lane) as Entry[];
    entries.splice(placeOf(entry, entries), 1);
    if (entries.length === 0) this.#lanes.delete(entry.lane);
  }
}

/** The name of an origin among those of its partition. */
export function nameOf({ offset, timestamp }: Origin): string {
  return `${offset}@${timestamp}`;
}

/** Where it stands, or would stand, among ascending ones. */
function placeOf(origin: Origin, entries: readonly Origin[]): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(entries[middle] as Origin, origin)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(one: Origin, other: Origin): boolean {
  return one.offset < other.offset || (one.offset === other.offset && one.timestamp < other.timestamp);
}
