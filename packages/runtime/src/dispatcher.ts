import type { Clock } from "@millrace/core";
import { LoopTurns } from "./loop-turns.ts";

/** Starts tasks in the order they became free, at most `concurrency` at once; lets the event loop turn in between. */
export class Dispatcher<Task> {
  #concurrency: number;
  readonly #start: (task: Task) => void;
  readonly #turns: LoopTurns;
  #ready: Task[] = [];
  #head = 0;
  #running = 0;
  #peak = 0;
  #starting = false;

  /** @param start begins a task and returns at once; `finished` is called when it is done, possibly before `start` returns */
  constructor(concurrency: number, start: (task: Task) => void, clock: Clock) {
    this.#concurrency = concurrency;
    this.#start = start;
    this.#turns = new LoopTurns(clock, () => this.#startReady());
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  /** With fewer, those that run are not disturbed. */
  set concurrency(value: number) {
    this.#concurrency = value;
    this.#startReady();
  }

  get running(): number {
    return this.#running;
  }

  /** Tasks that wait for a place. */
  get waiting(): number {
    return this.#ready.length - this.#head;
  }

  /** The most tasks that ever ran at once. */
  get peak(): number {
    return this.#peak;
  }

  add(task: Task): void {
    // Tasks that finish at once come back here: a loop instead of a recursion that would overflow the stack.
    if (this.#starting || this.#running >= this.#concurrency || this.#turns.isOver) {
      this.#ready.push(task);
      return;
    }
    this.#starting = true;
    this.#run(task);
    this.#starting = false;
    if (this.#ready.length > 0) this.#startReady();
  }

  finished(): void {
    this.#running--;
    if (this.#ready.length > 0) this.#startReady();
  }

  #run(task: Task): void {
    this.#running++;
    if (this.#running > this.#peak) this.#peak = this.#running;
    this.#turns.count();
    this.#start(task);
  }

  #startReady(): void {
    if (this.#starting) return;
    this.#starting = true;
    while (this.#running < this.#concurrency && this.#head < this.#ready.length && !this.#turns.isOver)
      this.#run(this.#ready[this.#head++] as Task);
    if (this.#head === this.#ready.length) {
      this.#ready.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#ready.length) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
    this.#starting = false;
  }
}
