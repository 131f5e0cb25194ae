import type { Cancel, Clock } from "@millrace/core";
import type { EngineRequest, EngineResponse, ResponseBody } from "../engine/api-registration.ts";

interface HeldRequest {
  readonly owner: object;
  readonly connectionId: number | string;
  /** Whether it goes on by itself, and so also when its client has gone. */
  readonly isDelayed: boolean;
  readonly goOn: () => void;
  readonly giveUp: () => void;
}

/** Requests that faults hold back, for a while or until they are undone. */
export class HeldRequests {
  readonly #clock: Clock;
  readonly #held = new Set<HeldRequest>();
  readonly #released = new WeakSet<object>();
  #releases = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Goes on with `next` after `delayMs`; without a delay only when the owner is released. */
  hold(owner: object, request: EngineRequest, delayMs: number | undefined, next: () => EngineResponse): Promise<ResponseBody | undefined> {
    return new Promise((resolve, reject) => {
      let cancel: Cancel | undefined;
      const settle = (go: () => void): void => {
        cancel?.();
        if (this.#held.delete(held)) go();
      };
      const held: HeldRequest = {
        owner,
        connectionId: request.connection.id,
        isDelayed: delayMs !== undefined,
        goOn: () =>
          settle(() => {
            try {
              resolve(next());
            } catch (error) {
              reject(error);
            }
          }),
        giveUp: () => settle(() => resolve(undefined)),
      };
      this.#held.add(held);
      if (delayMs !== undefined) cancel = this.#clock.schedule(delayMs, held.goOn);
    });
  }

  /** Tells, later, whether an owner would still hold something back: it may have been released meanwhile. */
  watch(owner: object): () => boolean {
    const releases = this.#releases;
    return () => releases === this.#releases && !this.#released.has(owner);
  }

  /** Lets those of a fault go on, or all. */
  release(owner?: object): void {
    if (owner === undefined) this.#releases++;
    else this.#released.add(owner);
    for (const held of Array.from(this.#held)) if (owner === undefined || held.owner === owner) held.goOn();
  }

  /** A connection is gone. What waits for ever gives up; what is only late still has its effect, as in Kafka. */
  connectionClosed(connectionId: number | string): void {
    for (const held of Array.from(this.#held)) if (!held.isDelayed && held.connectionId === connectionId) held.giveUp();
  }

  /** Gives up all: what had no effect yet has none. */
  abandon(): void {
    this.#releases++;
    for (const held of Array.from(this.#held)) held.giveUp();
  }
}
