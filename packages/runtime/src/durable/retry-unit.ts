import type { KafkaRecord } from "@millrace/kafka";
import { type RetryStory, readStory } from "@millrace/retry";
import type { ClaimWork } from "../claim-work.ts";
import { Fence, type Lane, nameOf, type Origin } from "./fence.ts";

/** Where a record stands in the order of its unit. */
export interface Standing {
  readonly lane: Lane;
  /** Undefined for what somebody wrote to a retry topic by hand. */
  readonly origin: Origin | undefined;
  readonly story: RetryStory | undefined;
  /** Written by an owner that had lost the partition: what it was made from comes again, or is there. */
  readonly isLate: boolean;
}

/** A source partition and the retry partition of its number, held by one member from assignment to revocation. */
export class RetryUnit {
  /** Marks what is parked under it. */
  readonly claim: string;
  readonly source: ClaimWork;
  readonly retry: ClaimWork;
  /** Where the retry partition ended when it was looked through. What others wrote beyond it came too late. */
  readonly scanned: number;
  readonly #order: "key" | "partition" | "unordered";
  readonly #fence = new Fence();
  /** Records that were parked, though the source may bring them again. */
  readonly #repeated = new Set<string>();

  constructor(parts: {
    readonly claim: string;
    readonly source: ClaimWork;
    readonly retry: ClaimWork;
    readonly scanned: number;
    readonly order: "key" | "partition" | "unordered";
  }) {
    this.claim = parts.claim;
    this.source = parts.source;
    this.retry = parts.retry;
    this.scanned = parts.scanned;
    this.#order = parts.order;
  }

  get fence(): Fence {
    return this.#fence;
  }

  /** A record of the retry partition that was not settled when the unit was assigned. */
  scan(record: KafkaRecord): void {
    if (this.retry.isRemembered(record)) return;
    const { lane, origin } = this.standingOf(record, true);
    if (origin === undefined) return;
    this.#fence.found(origin, lane, record.offset);
    if (origin.offset >= this.source.startOffset) this.#repeated.add(nameOf(origin));
  }

  standingOf(record: KafkaRecord, isParked: boolean): Standing {
    if (!isParked) return { lane: this.#laneOf(record, record.offset), origin: record, story: undefined, isLate: false };
    const story = readStory(record);
    const isLate = record.offset >= this.scanned && story?.parked !== undefined && story.parked.claim !== this.claim;
    // Written by hand, or into a partition that is not its own: no other record has to do with its order.
    if (isLate || story === undefined || story.origin.partition !== record.partition)
      return { lane: -1 - record.offset, origin: undefined, story, isLate };
    return { lane: this.#laneOf(record, story.origin.offset), origin: story.origin, story, isLate };
  }

  /** Whether a record of the source waits in the retry partition, or did when the unit was assigned. */
  isRepeated(origin: Origin): boolean {
    return this.#fence.has(origin) || (this.#repeated.size > 0 && this.#repeated.has(nameOf(origin)));
  }

  #laneOf({ key }: KafkaRecord, offset: number): Lane {
    if (this.#order === "partition") return "";
    return this.#order === "key" && key !== null ? key.toString("latin1") : offset;
  }
}
