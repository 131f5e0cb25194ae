import { type CoordinatedKind, internalTopics } from "../topics/internal-topics.ts";
import { noLeader } from "../topics/partition.ts";
import type { TopicRegistry } from "../topics/topic-registry.ts";
import { keySlot, slotCount } from "./key-slot.ts";
import type { NodeDirectory } from "./node-directory.ts";

/**
 * Which node coordinates which group and which transactional id. As in Kafka the keys fall into 50 slots, the partitions of an internal topic, and
 * whoever leads the partition coordinates. Before that topic exists, and where nobody can lead, each slot has its node until that node stops.
 */
export class CoordinatorDirectory {
  readonly #nodes: NodeDirectory;
  readonly #topics: TopicRegistry;
  readonly #slots: { readonly [Kind in CoordinatedKind]: number[] };

  constructor(nodes: NodeDirectory, topics: TopicRegistry) {
    this.#nodes = nodes;
    this.#topics = topics;
    const ids = nodes.running().map(({ id }) => id);
    const spread = (): number[] => Array.from({ length: slotCount }, (_, slot) => ids[slot % ids.length]!);
    this.#slots = { group: spread(), transaction: spread() };
  }

  /** Id of the node that coordinates it. */
  of(kind: CoordinatedKind, key: string): number {
    const slot = keySlot(key);
    const leaderId = this.#topics.partition(internalTopics[kind], slot)?.leaderId ?? noLeader;
    return leaderId === noLeader ? this.#slots[kind][slot]! : leaderId;
  }

  /** The node of each slot while no internal topic says otherwise. */
  slots(kind: CoordinatedKind): readonly number[] {
    return this.#slots[kind];
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
