import type { GroupState } from "@millrace/kafka";

/** By the names that brokers use. */
const states: ReadonlyMap<string, GroupState> = new Map([
  ["PreparingRebalance", "preparing_rebalance"],
  ["CompletingRebalance", "completing_rebalance"],
  // Of brokers before Kafka 2.1.
  ["AwaitingSync", "completing_rebalance"],
  ["Stable", "stable"],
  ["Dead", "dead"],
  ["Empty", "empty"],
  ["Assigning", "assigning"],
  ["Reconciling", "reconciling"],
  ["NotReady", "not_ready"],
]);

/** A group's state as a broker names it. */
export function groupState(name: string): GroupState {
  return states.get(name) ?? "unknown";
}
