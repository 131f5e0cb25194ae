import { keySlot, slotCount } from "./key-slot.ts";
import type { NodeDirectory } from "./node-directory.ts";

/** What has a coordinator. */
export type CoordinatedKind = "group" | "transaction";

/**
 * Which node coordinates which group and which transactional id. As in Kafka the keys fall into 50 slots (there: partitions of an internal topic), and
 * each slot has its node until that node stops; a node that comes back gets none of them back by itself.
 */
export class CoordinatorDirectory {
  readonly #nodes: NodeDirectory;
  readonly #slots: { readonly [Kind in CoordinatedKind]: number[] };

  constructor(nodes: NodeDirectory) {
    this.#nodes = nodes;
    const ids = nodes.running().map(({ id }) => id);
    const spread = (): number[] => Array.from({ length: slotCount }, (_, slot) => ids[slot % ids.length]!);
    this.#slots = { group: spread(), transaction: spread() };
  }

  /** Id of the node that coordinates it. */
  of(kind: CoordinatedKind, key: string): number {
    return this.#slots[kind][keySlot(key)]!;
  }

  /** Whether a request to this node is at the right place; a request to no node in particular always is. */
  isAt(nodeId: number | undefined, kind: CoordinatedKind, key: string): boolean {
    return nodeId === undefined || this.of(kind, key) === nodeId;
  }

  /** What a node coordinated goes to the others, in turn. */
  nodeStopped(id: number): void {
    for (const slots of Object.values(this.#slots)) {
      let next = id;
      for (const [slot, owner] of slots.entries()) {
        if (owner !== id) continue;
        next = this.#nodes.runningAfter(next);
        slots[slot] = next;
      }
    }
  }
}
