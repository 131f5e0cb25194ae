import type { Cancel, Clock } from "@millrace/core";
import { expiredUntil } from "../log/log-retention.ts";
import type { Partition } from "../topics/partition.ts";
import type { Topic } from "../topics/topic.ts";
import type { TopicRegistry } from "../topics/topic-registry.ts";
import type { ParkedFetches } from "./parked-fetches.ts";

/** How logs are kept. */
export interface LogKeeperSettings {
  /** Memory that all logs together may take. */
  readonly maxLogBytes: number;
  /** Kafka: `log.retention.check.interval.ms`. */
  readonly logCheckIntervalMs: number;
}

/** Keeps the logs within what their topics and the broker allow: retention from time to time, and when memory runs out. */
export class LogKeeper {
  readonly #clock: Clock;
  readonly #settings: LogKeeperSettings;
  readonly #topics: TopicRegistry;
  readonly #parkedFetches: ParkedFetches;
  #cancelCheck: Cancel | undefined;

  constructor(options: {
    readonly clock: Clock;
    readonly settings: LogKeeperSettings;
    readonly topics: TopicRegistry;
    readonly parkedFetches: ParkedFetches;
  }) {
    this.#clock = options.clock;
    this.#settings = options.settings;
    this.#topics = options.topics;
    this.#parkedFetches = options.parkedFetches;
  }

  /**
   * Makes room for a batch at the end of a log. Where memory has run out, what retention allows to go does so piece by piece instead of
   * segment by segment; `false` when that is not enough.
   */
  prepare({ log }: Partition, topic: Topic, batch: Buffer): boolean {
    const nowMs = this.#clock.now();
    log.rollIfDue(batch, { nowMs, segmentBytes: topic.numberConfig("segment.bytes"), segmentMs: topic.numberConfig("segment.ms") });
    this.#cancelCheck ??= this.#scheduleCheck();
    const growth = log.growthFor(batch.length);
    if (growth === 0 || this.#hasRoomFor(growth)) return true;
    this.#retain("memory");
    return this.#hasRoomFor(log.growthFor(batch.length));
  }

  /** Gives up the segments whose time is over or that are too much. */
  applyRetention(): void {
    this.#retain("segment");
  }

  close(): void {
    this.#cancelCheck?.();
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

  #scheduleCheck(): Cancel {
    return this.#clock.schedule(this.#settings.logCheckIntervalMs, () => this.#check(), { background: true });
  }

  #check(): void {
    this.applyRetention();
    // With nothing left there is nothing to look after until somebody writes again.
    this.#cancelCheck = this.#topics.memory.usedBytes === 0 ? undefined : this.#scheduleCheck();
  }
}
