/** Where a group stands in one partition. */
export interface CommittedOffset {
  readonly offset: number;
  readonly leaderEpoch: number;
  /** What the committer wrote beside it. */
  readonly metadata: string;
  readonly committedAtMs: number;
  /** When it goes, whatever the group's settings say. Only old clients set it. */
  readonly expiresAtMs?: number;
}

interface OrderedOffset extends CommittedOffset {
  /** Which commit came after which. */
  readonly order: number;
}

type OffsetsByTopic = Map<string, Map<number, OrderedOffset>>;

/** The committed offsets of one group, and those that wait for the end of a transaction. */
export class CommittedOffsets {
  readonly #topics: OffsetsByTopic = new Map();
  /** By the producer whose transaction they belong to. */
  readonly #pending = new Map<number, OffsetsByTopic>();
  #commits = 0;

  get isEmpty(): boolean {
    return this.#topics.size === 0 && this.#pending.size === 0;
  }

  set(topic: string, partition: number, committed: CommittedOffset): void {
    put(this.#topics, topic, partition, { ...committed, order: ++this.#commits });
  }

  /** Keeps an offset until its producer's transaction ends. */
  setPending(producerId: number, topic: string, partition: number, committed: CommittedOffset): void {
    let offsets = this.#pending.get(producerId);
    if (offsets === undefined) {
      offsets = new Map();
      this.#pending.set(producerId, offsets);
    }
    put(offsets, topic, partition, { ...committed, order: ++this.#commits });
  }

  /** Whether a transaction that is still open has an offset for this partition. */
  hasPending(topic: string, partition: number): boolean {
    for (const offsets of this.#pending.values()) if (offsets.get(topic)?.has(partition) === true) return true;
    return false;
  }

  /** A producer's transaction is over: its offsets count or are gone. A plain commit that came after them stands. */
  endTransaction(producerId: number, committed: boolean): void {
    const offsets = this.#pending.get(producerId);
    this.#pending.delete(producerId);
    if (offsets === undefined || !committed) return;
    for (const [topic, partitions] of offsets) {
      for (const [partition, offset] of partitions) {
        if ((this.#topics.get(topic)?.get(partition)?.order ?? 0) < offset.order) put(this.#topics, topic, partition, offset);
      }
    }
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  /** Everything, topic by topic. */
  byTopic(): Iterable<[topic: string, partitions: ReadonlyMap<number, CommittedOffset>]> {
    return this.#topics;
  }

  /** Forgets one offset. One that waits for the end of its transaction stays. */
  delete(topic: string, partition: number): void {
    const partitions = this.#topics.get(topic);
    if (partitions?.delete(partition) === true && partitions.size === 0) this.#topics.delete(topic);
  }

  /** Forgets a topic, also what is pending for it. */
  deleteTopic(topic: string): void {
    this.#topics.delete(topic);
    for (const [producerId, offsets] of this.#pending) {
      offsets.delete(topic);
      if (offsets.size === 0) this.#pending.delete(producerId);
    }
  }

  /**
   * Drops what has not been committed since `retentionMs`, counted from when the group became empty where that is later. Topics that are
   * `kept` stay.
   */
  expire(nowMs: number, retentionMs: number, emptySinceMs: number, kept?: ReadonlySet<string>): void {
    for (const [topic, partitions] of this.#topics) {
      if (kept?.has(topic) === true) continue;
      for (const [partition, committed] of partitions) {
        const expiresAtMs = committed.expiresAtMs ?? Math.max(committed.committedAtMs, emptySinceMs) + retentionMs;
        if (nowMs >= expiresAtMs && !this.hasPending(topic, partition)) partitions.delete(partition);
      }
      if (partitions.size === 0) this.#topics.delete(topic);
    }
  }
}

function put(offsets: OffsetsByTopic, topic: string, partition: number, committed: OrderedOffset): void {
  const partitions = offsets.get(topic);
  if (partitions === undefined) offsets.set(topic, new Map([[partition, committed]]));
  else partitions.set(partition, committed);
}
