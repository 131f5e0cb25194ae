import type { Cancel, Clock } from "@millrace/core";
import { compactBatches } from "../log/compact-batches.ts";
import { expiredUntil } from "../log/log-retention.ts";
import type { Partition } from "../topics/partition.ts";
import type { Topic } from "../topics/topic.ts";
import type { TopicRegistry } from "../topics/topic-registry.ts";
import type { Compress, Decompress } from "./broker-settings.ts";
import type { ParkedFetches } from "./parked-fetches.ts";

/** How logs are kept. */
export interface LogKeeperSettings {
  /** Memory that all logs together may take. */
  readonly maxLogBytes: number;
  /** Kafka: `log.retention.check.interval.ms`. */
  readonly logCheckIntervalMs: number;
  readonly decompress: Decompress;
  readonly compress: Compress;
}

/** Keeps the logs within what their topics and the broker allow: retention and compaction from time to time, retention also when memory runs out. */
export class LogKeeper {
  readonly #clock: Clock;
  readonly #settings: LogKeeperSettings;
  readonly #topics: TopicRegistry;
  readonly #parkedFetches: ParkedFetches;
  readonly #compactionIntervalMs: () => number;
  #cancelCheck: Cancel | undefined;
  #cancelCompaction: Cancel | undefined;

  constructor(options: {
    readonly clock: Clock;
    readonly settings: LogKeeperSettings;
    readonly topics: TopicRegistry;
    readonly parkedFetches: ParkedFetches;
    /** Kafka: `log.cleaner.backoff.ms`. Compaction is looked after as often as retention where that is more often. */
    readonly compactionIntervalMs: () => number;
  }) {
    this.#clock = options.clock;
    this.#settings = options.settings;
    this.#topics = options.topics;
    this.#parkedFetches = options.parkedFetches;
    this.#compactionIntervalMs = options.compactionIntervalMs;
  }

  /**
   * Makes room for a batch at the end of a log. Where memory has run out, what retention allows to go does so piece by piece instead of
   * segment by segment; `false` when that is not enough.
   */
  prepare({ log }: Partition, topic: Topic, batch: Buffer): boolean {
    const nowMs = this.#clock.now();
    log.rollIfDue(batch, { nowMs, segmentBytes: topic.numberConfig("segment.bytes"), segmentMs: topic.numberConfig("segment.ms") });
    this.#cancelCheck ??= this.#scheduleCheck();
    this.#cancelCompaction ??= this.#scheduleCompaction();
    const growth = log.growthFor(batch.length);
    if (growth === 0 || this.#hasRoomFor(growth)) return true;
    this.#retain("memory");
    return this.#hasRoomFor(log.growthFor(batch.length));
  }

  /** Gives up the segments whose time is over or that are too much. */
  applyRetention(): void {
    this.#retain("segment");
  }

  /**
   * Compacts what may be compacted, whatever its share of the log; with `rollFirst` each log begins a new segment, so that all it holds now may
   * be.
   */
  compact({ rollFirst = false }: { readonly rollFirst?: boolean } = {}): void {
    for (const topic of this.#topics.all()) {
      if (!topic.cleansBy("compact")) continue;
      for (const partition of topic.partitions) {
        if (rollFirst) partition.log.roll();
        this.#compact(partition, topic, 0);
      }
    }
  }

  close(): void {
    this.#cancelCheck?.();
    this.#cancelCompaction?.();
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#topics.memory.usedBytes + bytes <= this.#settings.maxLogBytes;
  }

  #retain(unit: "segment" | "memory"): void {
    const nowMs = this.#clock.now();
    const shortened: Partition[] = [];
    for (const topic of this.#topics.all()) {
      if (!topic.cleansBy("delete")) continue;
      const rules = { nowMs, retentionMs: topic.numberConfig("retention.ms"), retentionBytes: topic.numberConfig("retention.bytes") };
      for (const partition of topic.partitions) {
        const offset = expiredUntil(partition.log.pieces(unit), rules);
        if (offset === undefined) continue;
        partition.log.truncateBefore(offset);
        shortened.push(partition);
      }
    }
    this.#parkedFetches.wake(shortened);
  }

  #compact({ log, producers }: Partition, topic: Topic, dirtyRatio: number): void {
    const nowMs = Math.floor(this.#clock.now());
    const part = log.cleanable(nowMs, topic.numberConfig("min.compaction.lag.ms"));
    if (part.batches.length === 0 || part.dirtyBytes / part.sizeBytes < dirtyRatio) return;
    const { decompress, compress } = this.#settings;
    const compacted = compactBatches(part.batches, {
      nowMs,
      deleteRetentionMs: topic.numberConfig("delete.retention.ms"),
      decompress,
      compress,
      isAborted: (producerId, offset) => log.transactions.isAborted(producerId, offset),
      isLastOfProducer: (producerId, offset) => producers.isLastBatch(producerId, offset),
      isOnlyMarkOfProducer: (producerId, epoch) => producers.isKnownByMarkerAlone(producerId, epoch),
      transactionGone: (markerOffset) => log.transactions.forget(markerOffset),
    });
    log.replaceCleanable(part, compacted);
  }

  #scheduleCheck(): Cancel {
    return this.#clock.schedule(this.#settings.logCheckIntervalMs, () => this.#check(), { background: true });
  }

  #scheduleCompaction(): Cancel {
    const intervalMs = Math.min(this.#settings.logCheckIntervalMs, this.#compactionIntervalMs());
    // Without any pause there would be nothing but compaction.
    return this.#clock.schedule(Math.max(1, intervalMs), () => this.#compactDirty(), { background: true });
  }

  #check(): void {
    this.applyRetention();
    // With nothing left there is nothing to look after until somebody writes again.
    this.#cancelCheck = this.#topics.memory.usedBytes === 0 ? undefined : this.#scheduleCheck();
  }

  #compactDirty(): void {
    for (const topic of this.#topics.all()) {
      if (!topic.cleansBy("compact")) continue;
      const ratio = Math.max(topic.numberConfig("min.cleanable.dirty.ratio"), Number.MIN_VALUE);
      for (const partition of topic.partitions) this.#compact(partition, topic, ratio);
    }
    this.#cancelCompaction = this.#topics.memory.usedBytes === 0 ? undefined : this.#scheduleCompaction();
  }
}
