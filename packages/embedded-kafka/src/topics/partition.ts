import type { LogMemory } from "../log/log-memory.ts";
import { PartitionLog } from "../log/partition-log.ts";
import { ProducerStates } from "../producers/producer-states.ts";

/** Nobody leads the partition. */
export const noLeader = -1;

/**
 * One partition: which nodes hold it, who leads it, what it holds, and which producers wrote it. All replicas share one log, so one that runs is
 * in sync, unless the partition has had no leader since before it stopped. Leaders are elected as with eligible leader replicas (KIP-966).
 */
export class Partition {
  readonly topicName: string;
  readonly index: number;
  readonly log: PartitionLog;
  readonly producers: ProducerStates;
  #replicas: readonly number[];
  readonly #minInSync: () => number;
  #inSync: readonly number[];
  #eligible: readonly number[] = [];
  #lastLeader: readonly number[] = [];
  #leaderId: number;
  #leaderEpoch: number;

  constructor(options: {
    readonly topicName: string;
    readonly index: number;
    /** Ids of nodes, the preferred leader first. */
    readonly replicas: readonly number[];
    readonly isRunning: (nodeId: number) => boolean;
    /** Kafka: `min.insync.replicas`. */
    readonly minInSync: () => number;
    readonly producerExpirationMs: () => number;
    readonly memory: LogMemory;
  }) {
    this.topicName = options.topicName;
    this.index = options.index;
    this.#replicas = options.replicas;
    this.#minInSync = options.minInSync;
    this.#inSync = options.replicas.filter(options.isRunning);
    this.#leaderId = this.#inSync[0] ?? noLeader;
    if (this.#leaderId === noLeader) this.#eligible = options.replicas;
    this.#leaderEpoch = 0;
    this.log = new PartitionLog(options.memory);
    this.producers = new ProducerStates(options.producerExpirationMs, (id) => this.log.transactions.openOffsetOf(id) !== undefined);
    this.log.beginEpoch(this.#leaderEpoch);
    this.reviewCommitted();
  }

  /** Ids of the nodes that hold it, the preferred leader first. */
  get replicas(): readonly number[] {
    return this.#replicas;
  }

  /** Those of the replicas that run and have everything; none when nobody leads. */
  get inSyncReplicas(): readonly number[] {
    return this.#inSync;
  }

  /** Replicas that are stopped and may lead when nobody else can, since nothing was committed without them. */
  get eligibleReplicas(): readonly number[] {
    return this.#eligible;
  }

  /** Who led before nobody did. */
  get lastKnownLeaders(): readonly number[] {
    return this.#lastLeader;
  }

  /** Whether too few replicas are in sync to commit anything. */
  get isShort(): boolean {
    return this.#inSync.length < Math.min(this.#minInSync(), this.#replicas.length);
  }

  /** Id of the node that leads it, or -1 when no node that could is running. */
  get leaderId(): number {
    return this.#leaderId;
  }

  get leaderEpoch(): number {
    return this.#leaderEpoch;
  }

  /** Whether a request to this node is at the leader. One to no node in particular is, wherever there is a leader. */
  isLedBy(nodeId: number | undefined): boolean {
    return this.#leaderId !== noLeader && (nodeId === undefined || nodeId === this.#leaderId);
  }

  /** Whether a request to this node is at a replica. One to no node in particular is. */
  isHeldBy(nodeId: number | undefined): boolean {
    return nodeId === undefined || this.#replicas.includes(nodeId);
  }

  /** Makes a node the leader, be it another one or the same again: its epoch begins. */
  elect(leaderId: number): void {
    this.#leaderId = leaderId;
    this.#leaderEpoch++;
    this.log.beginEpoch(this.#leaderEpoch);
  }

  /** Makes a running node the leader. One that is not a replica takes the former leader's place among them. */
  moveLeader(nodeId: number): void {
    if (!this.#replicas.includes(nodeId)) {
      const left = this.#leaderId === noLeader ? this.#replicas[0] : this.#leaderId;
      const replace = (ids: readonly number[]): number[] => ids.map((id) => (id === left ? nodeId : id));
      this.#replicas = replace(this.#replicas);
      this.#inSync = replace(this.#inSync);
    }
    this.#setInSync(this.#inSync.includes(nodeId) ? this.#inSync : [...this.#inSync, nodeId]);
    this.elect(nodeId);
  }

  /**
   * Gives it to these nodes, the preferred leader first. When one leaves, an epoch begins, with another leader where it was the leader that left.
   * Whether what its clients may read or write has changed.
   */
  place(replicas: readonly number[], inSync: readonly number[]): boolean {
    const leaves = this.#replicas.some((id) => !replicas.includes(id));
    this.#replicas = replicas;
    this.#setInSync(inSync);
    if (!leaves || this.#leaderId === noLeader) return false;
    this.elect(inSync.includes(this.#leaderId) ? this.#leaderId : (inSync[0] ?? noLeader));
    return true;
  }

  /** A node is gone: it leads no more, and is in sync no more. Whether what its clients may read or write has changed. */
  nodeStopped(nodeId: number): boolean {
    if (!this.#inSync.includes(nodeId)) return false;
    this.#setInSync(this.#inSync.filter((id) => id !== nodeId));
    if (this.#leaderId !== nodeId) return false;
    // Without unclean elections only a replica that has everything may lead.
    const next = this.#replicas.find((id) => this.#inSync.includes(id));
    if (next === undefined) this.#lastLeader = [nodeId];
    this.elect(next ?? noLeader);
    return true;
  }

  /** A node is back: it catches up, and leads again where nobody could in its place. Whether what its clients may read or write has changed. */
  nodeStarted(nodeId: number, isRunning: (nodeId: number) => boolean): boolean {
    if (!this.#replicas.includes(nodeId)) return false;
    if (this.#leaderId === noLeader) {
      if (!this.#eligible.includes(nodeId)) return false;
      this.elect(nodeId);
    }
    this.#setInSync(this.#replicas.filter(isRunning));
    return true;
  }

  /** Holds back what cannot be committed while too few replicas are in sync, and lets it go when there are enough. */
  reviewCommitted(): void {
    this.log.holdHighWatermark(this.isShort);
  }

  #setInSync(inSync: readonly number[]): void {
    const known = new Set([...this.#inSync, ...this.#eligible]);
    this.#inSync = inSync;
    // What was committed needed enough of them; so while there are fewer nothing is, and those who left still have everything.
    this.#eligible = this.isShort ? [...known].filter((id) => !inSync.includes(id)) : [];
    if (inSync.length > 0) this.#lastLeader = [];
    this.reviewCommitted();
  }
}
