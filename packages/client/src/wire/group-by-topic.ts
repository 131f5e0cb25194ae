/** Puts what belongs to a topic together, as Kafka's requests want it; topics in order of first appearance. */
export function groupByTopic<T extends { readonly topic: string }>(
  items: readonly T[],
): readonly (readonly [topic: string, items: readonly T[]])[] {
  return [...Map.groupBy(items, ({ topic }) => topic)];
}
