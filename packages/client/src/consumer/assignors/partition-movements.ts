import type { TopicPartition } from "@millrace/kafka";
import { keyOf } from "./sticky-claims.ts";

/** Who a partition was taken from at first, and who has it now. */
interface Movement {
  readonly from: string;
  readonly to: string;
}

/**
 * What a balancing has moved so far. Where partitions of one topic would go back and forth between two members, one that went the other way goes back
 * instead: the loads are the same, and fewer partitions change their holder.
 */
export class PartitionMovements {
  readonly #byPartition = new Map<string, Movement>();
  /** By topic and the two members. */
  readonly #moved = new Map<string, TopicPartition[]>();

  /** The partition to move so that `to` has one more and its holder one less. */
  choose(partition: TopicPartition, holder: string, to: string): TopicPartition {
    const from = this.#byPartition.get(keyOf(partition))?.from ?? holder;
    const back = this.#moved.get(pairKey(partition.topic, { from: to, to: from }));
    return back?.[0] ?? partition;
  }

  note(partition: TopicPartition, movement: Movement): void {
    const key = keyOf(partition);
    const earlier = this.#byPartition.get(key);
    if (earlier !== undefined) {
      this.#byPartition.delete(key);
      const pair = pairKey(partition.topic, earlier);
      const rest = this.#moved.get(pair)!.filter((other) => keyOf(other) !== key);
      if (rest.length > 0) this.#moved.set(pair, rest);
      else this.#moved.delete(pair);
      if (earlier.from === movement.to) return;
    }
    const whole = { from: earlier?.from ?? movement.from, to: movement.to };
    this.#byPartition.set(key, whole);
    const pair = pairKey(partition.topic, whole);
    const same = this.#moved.get(pair);
    if (same === undefined) this.#moved.set(pair, [partition]);
    else same.push(partition);
  }
}

function pairKey(topic: string, { from, to }: Movement): string {
  return JSON.stringify([topic, from, to]);
}
