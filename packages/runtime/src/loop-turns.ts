import type { Clock } from "@millrace/core";

/** So long may work follow work before timers, sockets and signals have their turn, in milliseconds. */
const longestTurnMs = 25;
// Asking for the time costs more than what it is asked for.
const lookEvery = 4;

/**
 * Notices that the event loop has not turned for a while, because everything that is begun is done at once: a handler that waits for nothing, or only for
 * promises that are settled, would keep heartbeats from being sent for as long as there are records.
 */
export class LoopTurns {
  readonly #clock: Clock;
  readonly #resume: () => void;
  #asked = 0;
  /** When this turn began; undefined before it is known. */
  #began: number | undefined;
  #isOver = false;
  readonly #next = (): void => {
    this.#began = undefined;
    if (!this.#isOver) return;
    this.#isOver = false;
    this.#resume();
  };

  /** @param resume goes on, in another turn */
  constructor(clock: Clock, resume: () => void) {
    this.#clock = clock;
    this.#resume = resume;
  }

  /** Nothing is to begin before `resume` is called. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Something has begun. */
  count(): void {
    if (this.#asked++ % lookEvery !== 0) return;
    const now = this.#clock.monotonic();
    if (this.#began === undefined) {
      this.#began = now;
      setImmediate(this.#next);
    } else if (now - this.#began >= longestTurnMs) this.#isOver = true;
  }
}
