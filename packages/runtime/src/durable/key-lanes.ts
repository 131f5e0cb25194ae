import type { Cancel, Clock } from "@millrace/core";
import type { Lane } from "./fence.ts";

/** Something that takes its turn in a lane. */
export interface LaneTurn {
  readonly lane: Lane;
  /** Whether it came from the retry partition: these go before those of the source. */
  readonly isParked: boolean;
}

/** What lanes ask, and tell. */
export interface LaneGate<Turn> {
  /** Milliseconds until the first of a lane that came from the retry partition may have its turn; 0 or less: now; infinite: until `wake`. */
  waitFor(turn: Turn): number;
  /** Whether the first from the source may have its turn: not when it would have to be parked and there is no room. */
  mayStart(turn: Turn): boolean;
  /** Whether one from the source would have to be parked behind others that are in the retry partition. */
  isFollower(turn: Turn): boolean;
  /** Whether something may be parked. */
  hasRoom(): boolean;
  /** Its turn has come; it ends with `leave` or `putBack`. */
  start(turn: Turn): void;
}

interface LaneState<Turn> {
  readonly parked: Turn[];
  readonly source: Turn[];
  running: Turn | undefined;
  /** For whom of the parked ones the time is being waited. */
  awaited: Turn | undefined;
  cancel: Cancel | undefined;
  /** Followers wait for those before them to be read; when they have done so for long enough, they no longer do. */
  patience: Cancel | "gone" | undefined;
}

/**
 * How long a follower waits for those before it to come out of the retry partition, in milliseconds. Mostly they come at once, and it need not be parked: else a
 * busy key would go through the retry partition for ever.
 */
const followerPatienceMs = 1_000;

/**
 * Lines up the records of one partition and of its retry partition, lane by lane: one of a lane at a time; those from the retry partition in the order of their
 * log, each when its time has come; those from the source meanwhile and afterwards, in theirs.
 */
export class KeyLanes<Turn extends LaneTurn> {
  readonly #gate: LaneGate<Turn>;
  readonly #clock: Clock;
  readonly #lanes = new Map<Lane, LaneState<Turn>>();
  /** Lanes whose first from the source needs room. */
  readonly #blocked = new Set<Lane>();

  constructor(gate: LaneGate<Turn>, clock: Clock) {
    this.#gate = gate;
    this.#clock = clock;
  }

  /** Lanes in which something runs or waits. */
  get size(): number {
    return this.#lanes.size;
  }

  enter(turn: Turn): void {
    let state = this.#lanes.get(turn.lane);
    if (state === undefined) {
      state = { parked: [], source: [], running: undefined, awaited: undefined, cancel: undefined, patience: undefined };
      this.#lanes.set(turn.lane, state);
    }
    (turn.isParked ? state.parked : state.source).push(turn);
    if (turn.isParked) this.#renewPatience(state);
    this.#next(turn.lane, state);
  }

  /** The time for which the first of a lane has to wait may have changed. */
  wake(lane: Lane): void {
    const state = this.#lanes.get(lane);
    if (state === undefined) return;
    this.#stopWaiting(state);
    this.#next(lane, state);
  }

  /** It is done: the next of its lane follows. */
  leave(turn: Turn): void {
    this.#vacate(turn);
    this.#letIn();
  }

  /** It could not be parked: it comes again, before the others from the source, when there is room. */
  putBack(turn: Turn): void {
    this.#lanes.get(turn.lane)?.source.unshift(turn);
    this.#vacate(turn);
  }

  /** Takes out everything that waits. */
  flush(): readonly Turn[] {
    const waiting: Turn[] = [];
    for (const [lane, state] of this.#lanes) {
      waiting.push(...state.parked.splice(0), ...state.source.splice(0));
      this.#stopWaiting(state);
      this.#renewPatience(state);
      if (state.running === undefined) this.#lanes.delete(lane);
    }
    this.#blocked.clear();
    return waiting;
  }

  #vacate({ lane }: Turn): void {
    const state = this.#lanes.get(lane) as LaneState<Turn>;
    state.running = undefined;
    this.#next(lane, state);
  }

  /** Room for one may have come. Whoever takes a turn calls again when it leaves, so that nobody is forgotten. */
  #letIn(): void {
    for (const lane of this.#blocked) {
      if (!this.#gate.hasRoom()) return;
      if (this.#next(lane, this.#lanes.get(lane) as LaneState<Turn>)) return;
    }
  }

  /** True when somebody's turn has come. */
  #next(lane: Lane, state: LaneState<Turn>): boolean {
    this.#blocked.delete(lane);
    if (state.running !== undefined) return false;
    const [parked] = state.parked;
    if (parked !== undefined) {
      const waitMs = this.#gate.waitFor(parked);
      if (waitMs <= 0) return this.#start(state, state.parked);
      this.#wait(lane, state, parked, waitMs);
    }
    const [source] = state.source;
    if (source === undefined) {
      if (parked === undefined) this.#lanes.delete(lane);
      return false;
    }
    if (parked === undefined && this.#gate.isFollower(source) && !this.#hasNoPatience(lane, state)) return false;
    if (this.#gate.mayStart(source)) return this.#start(state, state.source);
    this.#blocked.add(lane);
    return false;
  }

  #start(state: LaneState<Turn>, queue: Turn[]): boolean {
    const turn = queue.shift() as Turn;
    if (turn === state.awaited) this.#stopWaiting(state);
    state.running = turn;
    this.#gate.start(turn);
    return true;
  }

  #wait(lane: Lane, state: LaneState<Turn>, turn: Turn, waitMs: number): void {
    if (state.awaited === turn) return;
    this.#stopWaiting(state);
    state.awaited = turn;
    state.cancel = this.#clock.schedule(waitMs, () => {
      this.#stopWaiting(state);
      this.#next(lane, state);
    });
  }

  #hasNoPatience(lane: Lane, state: LaneState<Turn>): boolean {
    state.patience ??= this.#clock.schedule(followerPatienceMs, () => {
      state.patience = "gone";
      this.#next(lane, state);
    });
    return state.patience === "gone";
  }

  #renewPatience(state: LaneState<Turn>): void {
    if (typeof state.patience === "function") state.patience();
    state.patience = undefined;
  }

  #stopWaiting(state: LaneState<Turn>): void {
    state.cancel?.();
    state.cancel = undefined;
    state.awaited = undefined;
  }
}
