import type { Cancel, Clock } from "@millrace/core";

/** Member ids that were given out to members that have not come back with them yet (KIP-394). */
export class PromisedIds {
  readonly #clock: Clock;
  readonly #expired: () => void;
  readonly #ids = new Map<string, Cancel>();

  /** `expired` runs after an id was not used in time. */
  constructor(clock: Clock, expired: () => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string, timeoutMs: number): void {
    const expire = (): void => {
      this.#ids.delete(id);
      this.#expired();
    };
    this.#ids.set(id, this.#clock.schedule(timeoutMs, expire, { background: true }));
  }

  delete(id: string): void {
    this.#ids.get(id)?.();
    this.#ids.delete(id);
  }

  clear(): void {
    for (const cancel of this.#ids.values()) cancel();
    this.#ids.clear();
  }
}
