import type { Cancel, Clock, Random } from "@millrace/core";
import type { ErrorName } from "@millrace/protocol";
import { ClassicGroup } from "./classic-group.ts";
import type { CommittedOffset } from "./committed-offsets.ts";
import type { GroupSettings } from "./group-request.ts";
import { subscribedTopicsOf } from "./subscribed-topics.ts";

/** How the coordinator keeps groups. */
export interface CoordinatorSettings extends GroupSettings {
  /** How long offsets of an empty group are kept. Kafka: `offsets.retention.minutes`. */
  readonly offsetsRetentionMs: number;
  /** How often it looks for what has expired. Kafka: `offsets.retention.check.interval.ms`. */
  readonly offsetsCheckIntervalMs: number;
}

/** All consumer groups of the cluster. */
export class GroupCoordinator {
  readonly #groups = new Map<string, ClassicGroup>();
  /** Groups with offsets in a producer's open transaction, by that producer. */
  readonly #inTransaction = new Map<number, Set<string>>();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #settings: CoordinatorSettings;
  #cancelSweep: Cancel | undefined;

  constructor(options: { readonly clock: Clock; readonly random: Random; readonly settings: CoordinatorSettings }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#settings = options.settings;
  }

  all(): Iterable<ClassicGroup> {
    return this.#groups.values();
  }

  get(id: string): ClassicGroup | undefined {
    return this.#groups.get(id);
  }

  getOrCreate(id: string): ClassicGroup {
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = new ClassicGroup(id, { clock: this.#clock, random: this.#random, settings: this.#settings });
      this.#groups.set(id, group);
      this.#cancelSweep ??= this.#scheduleSweep();
    }
    return group;
  }

  /** Removes an empty group with its offsets. */
  delete(id: string): ErrorName {
    const group = this.#groups.get(id);
    if (group === undefined) return "GROUP_ID_NOT_FOUND";
    if (group.state !== "Empty") return "NON_EMPTY_GROUP";
    group.die();
    this.#groups.delete(id);
    return "NONE";
  }

  /** Commits an offset that counts when the producer's transaction is committed. */
  commitInTransaction(producerId: number, id: string, topic: string, partition: number, committed: CommittedOffset): void {
    this.getOrCreate(id).offsets.setPending(producerId, topic, partition, committed);
    const ids = this.#inTransaction.get(producerId);
    if (ids === undefined) this.#inTransaction.set(producerId, new Set([id]));
    else ids.add(id);
  }

  /** The groups that have offsets in a producer's open transaction. */
  inTransaction(producerId: number): string[] {
    return [...(this.#inTransaction.get(producerId) ?? [])];
  }

  /** A producer's transaction is over. */
  transactionEnded(producerId: number, committed: boolean): void {
    for (const id of this.inTransaction(producerId)) this.#groups.get(id)?.offsets.endTransaction(producerId, committed);
    this.#inTransaction.delete(producerId);
  }

  /** A topic is gone, and with it where groups stood in it. */
  topicDeleted(topic: string): void {
    for (const group of this.#groups.values()) group.offsets.deleteTopic(topic);
  }

  close(): void {
    this.#cancelSweep?.();
    for (const group of this.#groups.values()) group.die();
    this.#groups.clear();
    this.#inTransaction.clear();
  }

  #scheduleSweep(): Cancel {
    return this.#clock.schedule(this.#settings.offsetsCheckIntervalMs, () => this.#sweep(), { background: true });
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    for (const group of this.#groups.values()) {
      if (group.state === "Stable") {
        // Its members read on, but not what none of them subscribes to any more (KIP-211).
        const subscribed = subscribedTopicsOf(group);
        if (subscribed !== undefined) group.offsets.expire(nowMs, this.#settings.offsetsRetentionMs, 0, subscribed);
      }
      if (group.state !== "Empty") continue;
      // A group without a protocol only ever had offsets: each counts for itself.
      const emptySinceMs = group.protocolType === "" ? 0 : group.emptySinceMs;
      group.offsets.expire(nowMs, this.#settings.offsetsRetentionMs, emptySinceMs);
      if (group.offsets.isEmpty) this.delete(group.id);
    }
    this.#cancelSweep = this.#groups.size === 0 ? undefined : this.#scheduleSweep();
  }
}
