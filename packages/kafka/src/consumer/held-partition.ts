import type { GroupMembership } from "../driver/driver-consumer.ts";
import type { TopicPartition } from "../record.ts";
import type { PartitionClaim } from "./consumer.ts";

/** A name for a partition, to look it up by. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${partition}@${topic}`;
}

/** A partition that this member holds: the claim, and the state behind it. */
export class HeldPartition {
  readonly claim: PartitionClaim;
  /** Changes only where rebalancing is cooperative and the partition stays. */
  membership: GroupMembership;
  /** Next offset to be delivered. */
  position: number;
  /** What is being handled. */
  running: Promise<void> | undefined;
  /** Grows when the partition is moved: what was fetched before is then no longer wanted, though it may begin at the same offset. */
  #moves = 0;
  #isPaused = false;
  /** Revocation has begun: nothing more is delivered, commits still work. */
  #isLeaving = false;
  readonly #controller = new AbortController();
  #release: (() => void) | undefined;

  constructor(options: {
    readonly partition: TopicPartition;
    readonly membership: GroupMembership;
    readonly start: number;
    readonly committed: PartitionClaim["committed"];
  }) {
    this.membership = options.membership;
    this.position = options.start;
    this.claim = Object.freeze({
      topic: options.partition.topic,
      partition: options.partition.partition,
      startOffset: options.start,
      committed: options.committed,
      signal: this.#controller.signal,
    });
  }

  get hasEnded(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Whether what was fetched there, after so many moves, is what comes next. */
  expects(fetchOffset: number, moves: number): boolean {
    return !this.#isLeaving && this.position === fetchOffset && this.#moves === moves;
  }

  /** How often it has been moved. */
  get moves(): number {
    return this.#moves;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Resolves when the partition is resumed, moved or gone. One waits at a time: a driver delivers the batches of a partition one by one. */
  async released(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#release = resolve;
    });
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wake();
  }

  moveTo(offset: number): void {
    this.position = offset;
    this.#moves++;
    this.#wake();
  }

  beginLeaving(): void {
    this.#isLeaving = true;
    this.#wake();
  }

  end(): void {
    this.#isLeaving = true;
    this.#controller.abort();
    this.#wake();
  }

  #wake(): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }
}
