import type { TopicPartition } from "@millrace/kafka";
import { compareNames } from "./assignor.ts";
import type { Subscriber } from "./subscription.ts";

/** What a member says it held, and since when; -1 when it does not say. */
export interface MemberClaims {
  readonly partitions: readonly TopicPartition[];
  readonly generationId: number;
}

/** A group as a sticky assignment begins with it. Members are sorted by their ids; where Java goes by the order of a hash table, this goes by that. */
export interface StickyInput {
  readonly subscribers: readonly Subscriber[];
  /** Partition counts of the topics that exist. */
  readonly counts: ReadonlyMap<string, number>;
  readonly claims: ReadonlyMap<string, MemberClaims>;
  /** What each member holds, by everybody's word together. */
  readonly owned: ReadonlyMap<string, readonly TopicPartition[]>;
  /** Claimed by two members of one generation: neither is believed, and neither can be sure that the other has stopped. */
  readonly disputed: ReadonlySet<string>;
  readonly hasEqualSubscriptions: boolean;
  readonly newestGeneration: number;
}

/** A name for a partition, to look it up by. */
export function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition}@${topic}`;
}

/** Settles who holds what: the newest generation is believed, and of topics only those that exist. */
export function settleClaims(
  unsorted: readonly Subscriber[],
  partitionCount: (topic: string) => number,
  claimsOf: (subscriber: Subscriber) => MemberClaims,
): StickyInput {
  const subscribers = unsorted.toSorted((a, b) => compareNames(a.memberId, b.memberId));
  const counts = new Map<string, number>();
  for (const topic of subscribers.flatMap(({ topics }) => topics)) {
    const count = partitionCount(topic);
    if (count > 0) counts.set(topic, count);
  }
  const claims = new Map<string, MemberClaims>();
  const owned = new Map<string, TopicPartition[]>();
  const owners = new Map<string, Subscriber>();
  const disputed = new Set<string>();
  for (const subscriber of subscribers) {
    const said = claimsOf(subscriber);
    claims.set(subscriber.memberId, said);
    const mine: TopicPartition[] = [];
    owned.set(subscriber.memberId, mine);
    for (const partition of said.partitions) {
      if (!counts.has(partition.topic)) continue;
      const key = keyOf(partition);
      const other = owners.get(key);
      const otherGeneration = other?.generationId ?? -1;
      if (other !== undefined && said.generationId < otherGeneration) continue;
      if (other !== undefined) remove(owned.get(other.memberId)!, partition);
      owners.set(key, subscriber);
      if (other !== undefined && said.generationId === otherGeneration) disputed.add(key);
      else mine.push(partition);
    }
  }
  return {
    subscribers,
    counts,
    claims,
    owned,
    disputed,
    hasEqualSubscriptions: haveEqualSubscriptions(subscribers),
    newestGeneration: Math.max(-1, ...[...claims.values()].map(({ generationId }) => generationId)),
  };
}

function haveEqualSubscriptions(subscribers: readonly Subscriber[]): boolean {
  const [first] = subscribers;
  const topics = new Set(first?.topics);
  return subscribers.every((other) => other.topics.length === topics.size && other.topics.every((topic) => topics.has(topic)));
}

/** Takes a partition out of a list. */
export function remove(partitions: TopicPartition[], { topic, partition }: TopicPartition): void {
  const index = partitions.findIndex((held) => held.topic === topic && held.partition === partition);
  if (index >= 0) partitions.splice(index, 1);
}
