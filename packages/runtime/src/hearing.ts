import type { Clock } from "@millrace/core";
import type { ConsumerStatistics } from "@millrace/kafka";

/** Notices when nothing is heard that should be: heartbeats while partitions are held, and answers to fetches while some partition waits for records. */
export class Hearing {
  readonly #clock: Clock;
  #heartbeatAt: number | null = null;
  #fetchedAt: number | null = null;
  #heartbeatHeard: number;
  #fetchHeard: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#heartbeatHeard = clock.monotonic();
    this.#fetchHeard = clock.monotonic();
  }

  /** For how long, in milliseconds, one of the two has not been heard. */
  get silentMs(): number {
    return this.#clock.monotonic() - Math.min(this.#heartbeatHeard, this.#fetchHeard);
  }

  /** To be called once in a while. */
  look(
    { lastHeartbeatAt, lastFetchedAt }: Pick<ConsumerStatistics, "lastHeartbeatAt" | "lastFetchedAt">,
    expected: { readonly isAssigned: boolean; readonly isFetching: boolean },
  ): void {
    const now = this.#clock.monotonic();
    // The clock on the wall may be set: only that it was heard again counts, not when.
    if (lastHeartbeatAt !== this.#heartbeatAt || !expected.isAssigned) this.#heartbeatHeard = now;
    if (lastFetchedAt !== this.#fetchedAt || !expected.isAssigned || !expected.isFetching) this.#fetchHeard = now;
    this.#heartbeatAt = lastHeartbeatAt;
    this.#fetchedAt = lastFetchedAt;
  }
}
