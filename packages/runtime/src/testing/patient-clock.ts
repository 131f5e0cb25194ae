import { ConditionNotMetError, type VirtualClock } from "@millrace/testing";

// Taken at load, so that a test that replaces the global timers does not stop this clock.
const realTimer = setTimeout;

/** How long a handler is given before time moves on a little, in real milliseconds. */
const stepMs = 20;
/** How far it moves then, in virtual ones; a little more each time. */
const firstMoveMs = 50;
const growth = 1.05;

/** Moves a virtual clock, but hardly while handlers work: what they wait for may be real. */
export class PatientClock {
  readonly #clock: VirtualClock;
  readonly #isShared: boolean;
  readonly #limitMs: number;
  #working = 0;
  #ended = Promise.withResolvers<void>();

  /** @param options `isShared`: handlers wait by this clock, and nothing real is waited for */
  constructor(clock: VirtualClock, options: { readonly isShared: boolean; readonly limitMs: number }) {
    this.#clock = clock;
    this.#isShared = options.isShared;
    this.#limitMs = options.limitMs;
  }

  /** What a handler does. */
  async work<T>(done: Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await done;
    } finally {
      this.#working--;
      this.#ended.resolve();
      this.#ended = Promise.withResolvers();
    }
  }

  /** Settles as the promise does. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    promise.then(over, over);
    await this.runUntil(() => isOver, new Promise<never>(() => undefined), "what was begun");
    return await promise;
  }

  /** Moves time until the condition is true, or rejects with what `failed` rejects with. @throws ConditionNotMetError */
  async runUntil(isMet: () => boolean, failed: Promise<never>, what: string): Promise<void> {
    const clock = this.#clock;
    let failure: { readonly error: unknown } | undefined;
    failed.catch((error: unknown) => {
      failure = { error };
    });
    const began = clock.monotonic();
    const isOver = (): boolean => isMet() || failure !== undefined;
    const isWorking = (): boolean => !this.#isShared && this.#working > 0;
    let moveMs = firstMoveMs;
    while (!isOver()) {
      const limitMs = this.#limitMs - (clock.monotonic() - began);
      if (limitMs <= 0) throw new ConditionNotMetError(what, this.#limitMs, "the limit of the test is reached");
      if (!isWorking()) {
        moveMs = firstMoveMs;
        await clock.runUntil(() => isOver() || isWorking(), { limitMs, what });
        continue;
      }
      if (await this.#restsFor(stepMs)) continue;
      await clock.advance(Math.min(moveMs, limitMs));
      moveMs *= growth;
    }
    if (failure !== undefined) throw failure.error;
  }

  /** True as soon as a handler has ended, false when none has for so long. */
  async #restsFor(realMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = realTimer(() => resolve(false), realMs);
    });
    try {
      return await Promise.race([this.#ended.promise.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
