import type { PartitionClaim } from "@millrace/kafka";
import { KeyChains } from "./key-chains.ts";
import type { RecordTask } from "./record-task.ts";
import { Watermark } from "./watermark.ts";

/** The work on one claimed partition, from assignment to revocation. */
export class ClaimWork {
  readonly claim: PartitionClaim;
  readonly watermark: Watermark;
  readonly chains: KeyChains<RecordTask> = new KeyChains();
  /** Position that was last committed, or where the claim started. */
  committed: number;
  readonly #draining = new AbortController();
  readonly #given = new AbortController();
  #running = 0;
  #idle: (() => void)[] = [];

  constructor(claim: PartitionClaim) {
    this.claim = claim;
    this.watermark = new Watermark(claim.startOffset);
    this.committed = claim.committed?.offset ?? -1;
  }

  /** Aborts when the partition is going: nothing new starts, waits between attempts end; handlers that run may finish. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  /** Aborts when handlers must give up too. */
  get givenUp(): AbortSignal {
    return this.#given.signal;
  }

  get running(): number {
    return this.#running;
  }

  /** Position to commit, or undefined when it is committed already. */
  get uncommitted(): number | undefined {
    const position = this.watermark.position;
    return position > this.committed ? position : undefined;
  }

  drain(): void {
    this.#draining.abort();
  }

  giveUp(reason: string): void {
    this.#draining.abort();
    this.#given.abort(new DOMException(reason, "AbortError"));
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
}
