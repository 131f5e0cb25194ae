import type { TopicPartition } from "@millrace/kafka";
import { compareNames, type MemberPartitions } from "./assignor.ts";
import { keyOf, type StickyInput } from "./sticky-claims.ts";

/** An assignment, and which partitions of it somebody else must let go first. */
export interface StickyResult {
  readonly assigned: MemberPartitions;
  readonly moving: ReadonlySet<string>;
}

/**
 * The sticky assignment where everybody wants the same topics: members keep what they hold up to an even share, the rest is dealt out to those that have
 * less, in the order of their ids. Loads differ by one at most.
 */
export function assignEqually(input: StickyInput): StickyResult {
  const { subscribers, counts, owned, disputed } = input;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const least = Math.floor(total / subscribers.length);
  const most = Math.ceil(total / subscribers.length);
  const membersWithMost = total % subscribers.length;

  const assigned: MemberPartitions = new Map(subscribers.map(({ memberId }) => [memberId, []]));
  const taken = new Set<string>();
  const givenUp = new Map<string, string>();
  const below: string[] = [];
  let atLeast: string[] = [];
  let withMost = 0;
  for (const { memberId } of subscribers) {
    const held = owned
      .get(memberId)!
      .filter((partition) => !disputed.has(keyOf(partition)))
      .toSorted((a, b) => a.partition - b.partition || compareNames(a.topic, b.topic));
    let share = held.length;
    if (share < least) below.push(memberId);
    else if (share >= most && withMost < membersWithMost) {
      share = most;
      withMost += 1;
      if (withMost === membersWithMost) atLeast = [];
    } else {
      share = least;
      if (withMost < membersWithMost) atLeast.push(memberId);
    }
    for (const partition of held.slice(0, share)) {
      assigned.get(memberId)!.push(partition);
      taken.add(keyOf(partition));
    }
    for (const partition of held.slice(share)) givenUp.set(keyOf(partition), memberId);
  }

  const moving = new Set<string>();
  const free = sortedPartitions(counts).filter((partition) => !taken.has(keyOf(partition)));
  let next = 0;
  for (const partition of free) {
    if (next >= below.length) next = 0;
    // Below an even share first, in turn; then one more each for those that have just that.
    const memberId = below.length > 0 ? below[next]! : atLeast.shift()!;
    const mine = assigned.get(memberId)!;
    mine.push(partition);
    const key = keyOf(partition);
    const before = givenUp.get(key);
    if ((before !== undefined && before !== memberId) || disputed.has(key)) moving.add(key);
    if (below.length === 0) continue;
    if (mine.length === least) {
      below.splice(next, 1);
      atLeast.push(memberId);
    } else next += 1;
  }
  return { assigned, moving };
}

function sortedPartitions(counts: ReadonlyMap<string, number>): readonly TopicPartition[] {
  return [...counts]
    .sort(([a], [b]) => compareNames(a, b))
    .flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => ({ topic, partition })));
}
