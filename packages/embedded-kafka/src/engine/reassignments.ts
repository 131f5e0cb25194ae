import type { Cancel, Clock } from "@millrace/core";
import { noLeader, type Partition } from "../topics/partition.ts";
import type { NodeDirectory } from "./node-directory.ts";
import type { ParkedFetches } from "./parked-fetches.ts";

/** Where a partition is on its way to. */
export interface Reassignment {
  readonly partition: Partition;
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

interface Move extends Reassignment {
  cancelCopy: Cancel;
}

/** Replicas share one log, so there is nothing to copy; clients that look at once see the move all the same, as they do with Kafka. */
const copyingMs = 500;

/** Partitions that move from nodes to other nodes (KIP-455). */
export class Reassignments {
  readonly #moves = new Map<Partition, Move>();
  readonly #clock: Clock;
  readonly #nodes: NodeDirectory;
  readonly #parkedFetches: ParkedFetches;

  constructor(options: { readonly clock: Clock; readonly nodes: NodeDirectory; readonly parkedFetches: ParkedFetches }) {
    this.#clock = options.clock;
    this.#nodes = options.nodes;
    this.#parkedFetches = options.parkedFetches;
  }

  /** Those that are not over. */
  all(): readonly Reassignment[] {
    return [...this.#moves.values()];
  }

  of(partition: Partition): Reassignment | undefined {
    return this.#moves.get(partition);
  }

  /** Begins to move a partition; an older move of it ends where it is. Without nodes that are new to it, it is over at once. */
  begin(partition: Partition, target: readonly number[]): void {
    this.#forget(partition);
    const addingReplicas = target.filter((id) => !partition.replicas.includes(id));
    const removingReplicas = partition.replicas.filter((id) => !target.includes(id));
    partition.place([...target, ...removingReplicas], partition.inSyncReplicas);
    const move: Move = { partition, addingReplicas, removingReplicas, cancelCopy: () => {} };
    this.#moves.set(partition, move);
    if (addingReplicas.length === 0) this.#finish(move);
    else this.#copy(move);
  }

  /** Leaves a partition with the nodes that it had. `false` when it is not on its way anywhere. */
  cancel(partition: Partition): boolean {
    const move = this.#moves.get(partition);
    if (move === undefined) return false;
    this.#forget(partition);
    this.#place(
      partition,
      partition.replicas.filter((id) => !move.addingReplicas.includes(id)),
    );
    return true;
  }

  /** A node is back: what waited for it goes on. */
  nodeStarted(): void {
    for (const move of this.#moves.values()) this.#copy(move);
  }

  close(): void {
    for (const partition of this.#moves.keys()) this.#forget(partition);
  }

  #copy(move: Move): void {
    move.cancelCopy();
    move.cancelCopy = this.#clock.schedule(copyingMs, () => this.#finish(move), { background: true });
  }

  /** Ends a move, unless it has to wait for a node: to copy from, or to copy to. */
  #finish(move: Move): void {
    const { partition, addingReplicas, removingReplicas } = move;
    const left = partition.replicas.filter((id) => !removingReplicas.includes(id));
    const canCopy = partition.leaderId !== noLeader && addingReplicas.every((id) => this.#nodes.isRunning(id));
    if (!canCopy || !left.some((id) => this.#nodes.isRunning(id))) return;
    this.#moves.delete(partition);
    this.#place(partition, left);
  }

  #place(partition: Partition, replicas: readonly number[]): void {
    const changed = partition.place(
      replicas,
      replicas.filter((id) => this.#nodes.isRunning(id)),
    );
    if (changed) this.#parkedFetches.wake([partition]);
  }

  #forget(partition: Partition): void {
    this.#moves.get(partition)?.cancelCopy();
    this.#moves.delete(partition);
  }
}
