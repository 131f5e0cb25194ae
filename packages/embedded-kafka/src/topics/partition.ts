import type { LogMemory } from "../log/log-memory.ts";
import { PartitionLog } from "../log/partition-log.ts";
import { ProducerStates } from "../producers/producer-states.ts";

/** Nobody leads the partition. */
export const noLeader = -1;

/**
 * One partition: which nodes hold it, who leads it, what it holds, and which producers wrote it. All replicas share one log, so one that runs is
 * in sync, unless the partition has had no leader since before it stopped.
 */
export class Partition {
  readonly topicName: string;
  readonly index: number;
  readonly log: PartitionLog;
  readonly producers: ProducerStates;
  #replicas: readonly number[];
  #inSync: readonly number[];
  #leaderId: number;
  #leaderEpoch: number;

  constructor(options: {
    readonly topicName: string;
    readonly index: number;
    /** Ids of nodes, the preferred leader first. */
    readonly replicas: readonly number[];
    readonly isRunning: (nodeId: number) => boolean;
    readonly producerExpirationMs: number;
    readonly memory: LogMemory;
  }) {
    this.topicName = options.topicName;
    this.index = options.index;
    this.#replicas = options.replicas;
    const running = options.replicas.filter(options.isRunning);
    this.#inSync = running.length > 0 ? running : options.replicas.slice(0, 1);
    this.#leaderId = running[0] ?? noLeader;
    this.#leaderEpoch = 0;
    this.log = new PartitionLog(options.memory);
    this.producers = new ProducerStates(options.producerExpirationMs, (id) => this.log.transactions.openOffsetOf(id) !== undefined);
    this.log.beginEpoch(this.#leaderEpoch);
  }

  /** Ids of the nodes that hold it, the preferred leader first. */
  get replicas(): readonly number[] {
    return this.#replicas;
  }

  /** Those of the replicas that have everything. Without a leader it names who has, and may lead again. */
  get inSyncReplicas(): readonly number[] {
    return this.#inSync;
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
    if (!this.#inSync.includes(nodeId)) this.#inSync = [...this.#inSync, nodeId];
    this.elect(nodeId);
  }

  /** A node is gone: it leads no more, and is in sync no more unless it was the last one. Whether the leader is another one now. */
  nodeStopped(nodeId: number): boolean {
    if (this.#inSync.includes(nodeId) && this.#inSync.length > 1) this.#inSync = this.#inSync.filter((id) => id !== nodeId);
    if (this.#leaderId !== nodeId) return false;
    // Without unclean elections only a replica that has everything may lead.
    this.elect(this.#replicas.find((id) => id !== nodeId && this.#inSync.includes(id)) ?? noLeader);
    return true;
  }

  /** A node is back: it catches up, and leads again where nobody could in its place. Whether the leader is another one now. */
  nodeStarted(nodeId: number, isRunning: (nodeId: number) => boolean): boolean {
    if (!this.#replicas.includes(nodeId)) return false;
    const leads = this.#leaderId === noLeader && this.#inSync.includes(nodeId);
    if (leads) this.elect(nodeId);
    if (this.#leaderId !== noLeader) this.#inSync = this.#replicas.filter(isRunning);
    return leads;
  }
}
