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

/** The committed offsets of one group. */
export class CommittedOffsets {
  readonly #topics = new Map<string, Map<number, CommittedOffset>>();

  get isEmpty(): boolean {
    return this.#topics.size === 0;
  }

  set(topic: string, partition: number, committed: CommittedOffset): void {
    let partitions = this.#topics.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#topics.set(topic, partitions);
    }
    partitions.set(partition, committed);
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  /** Everything, topic by topic. */
  byTopic(): Iterable<[topic: string, partitions: ReadonlyMap<number, CommittedOffset>]> {
    return this.#topics;
  }

  deleteTopic(topic: string): void {
    this.#topics.delete(topic);
  }

  /** Drops what has not been committed since `retentionMs`, counted from when the group became empty where that is later. */
  expire(nowMs: number, retentionMs: number, emptySinceMs: number): void {
    for (const [topic, partitions] of this.#topics) {
      for (const [partition, committed] of partitions) {
        const expiresAtMs = committed.expiresAtMs ?? Math.max(committed.committedAtMs, emptySinceMs) + retentionMs;
        if (nowMs >= expiresAtMs) partitions.delete(partition);
      }
      if (partitions.size === 0) this.#topics.delete(topic);
    }
  }
}
