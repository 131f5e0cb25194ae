import type { PartitionClaim } from "@millrace/kafka";
import { type Ticket, Watermark } from "./watermark.ts";

/** The work on one claimed partition, from assignment to revocation. */
export class ClaimWork {
  readonly claim: PartitionClaim;
  readonly watermark: Watermark;
  /** Position that was last committed; -1 when it must be committed anew, were it only to pin where the group started. */
  committed: number;
  readonly #draining = new AbortController();
  readonly #given = new AbortController();
  #running = 0;
  #idle: (() => void)[] = [];
  #maxPending = Number.POSITIVE_INFINITY;
  #advanced: (() => void) | undefined;

  constructor(claim: PartitionClaim) {
    this.claim = claim;
    this.watermark = new Watermark(claim.startOffset);
    // They differ where the group's offset is no longer in the log: then a lower position is the right one.
    this.committed = claim.committed?.offset === claim.startOffset ? claim.startOffset : -1;
  }

  /** Aborts when the partition is going: nothing new starts, waits between attempts end; handlers that run may finish. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  /** Aborts when handlers must give up too. */
  get givenUp(): AbortSignal {
    return this.#given.signal;
  }

  /** Position to commit, or undefined when it is committed already. */
  get uncommitted(): number | undefined {
    const position = this.watermark.position;
    return position > this.committed ? position : undefined;
  }

  drain(): void {
    this.#draining.abort();
    this.#wake();
  }

  giveUp(reason: string): void {
    this.drain();
    this.#given.abort(new DOMException(reason, "AbortError"));
  }

  settle(ticket: Ticket): void {
    this.watermark.settle(ticket);
    if (this.watermark.pending < this.#maxPending) this.#wake();
  }

  /**
   * Resolves when fewer than `maxPending` offsets wait below and above a record that is slow to settle, or when the partition is going; undefined when that is
   * so now. Without it, one such record would let everything behind it pile up as work to be done again after a crash.
   */
  room(maxPending: number): Promise<void> | undefined {
    if (this.watermark.pending < maxPending || this.#draining.signal.aborted) return undefined;
    this.#maxPending = maxPending;
    return new Promise((resolve) => {
      this.#advanced = resolve;
    });
  }

  began(): void {
    this.#running++;
  }

  ended(): void {
    this.#running--;
    if (this.#running > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  /** Resolves when no handler of this partition runs. */
  whenIdle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #wake(): void {
    const advanced = this.#advanced;
    this.#advanced = undefined;
    advanced?.();
  }
}
