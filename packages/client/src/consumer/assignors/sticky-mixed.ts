import type { TopicPartition } from "@millrace/kafka";
import { compareNames, type MemberPartitions } from "./assignor.ts";
import { PartitionMovements } from "./partition-movements.ts";
import { keyOf, remove, type StickyInput } from "./sticky-claims.ts";

/**
 * The sticky assignment where members want different topics: what is held stays, the rest goes to whoever has least, and then single partitions are moved
 * as long as that makes the loads more even.
 */
export function assignMixed(input: StickyInput): MemberPartitions {
  return new MixedBalance(input).run();
}

class MixedBalance {
  readonly #counts: ReadonlyMap<string, number>;
  readonly #wants = new Map<string, readonly string[]>();
  readonly #wantedBy = new Map<string, readonly string[]>();
  /** Topics that fewest members want come first. */
  readonly #all: readonly TopicPartition[];
  /** Holders of before, by their own word, in generations that are over. */
  readonly #former: ReadonlyMap<string, string>;
  readonly #movements = new PartitionMovements();
  #assigned: MemberPartitions;
  #holders = new Map<string, string>();
  #mustRevoke = false;

  constructor(input: StickyInput) {
    const { subscribers, counts, owned } = input;
    this.#counts = counts;
    for (const { memberId, topics } of subscribers)
      this.#wants.set(
        memberId,
        topics.filter((topic) => counts.has(topic)),
      );
    for (const topic of counts.keys()) {
      this.#wantedBy.set(
        topic,
        subscribers.filter(({ topics }) => topics.includes(topic)).map(({ memberId }) => memberId),
      );
    }
    const topics = [...counts.keys()].sort((a, b) => this.#wantedBy.get(a)!.length - this.#wantedBy.get(b)!.length || compareNames(a, b));
    this.#all = topics.flatMap((topic) => Array.from({ length: counts.get(topic)! }, (_, partition) => ({ topic, partition })));
    this.#former = formerHolders(input);
    this.#assigned = new Map(subscribers.map(({ memberId }) => [memberId, [...owned.get(memberId)!]]));
  }

  run(): MemberPartitions {
    this.#keepWhatIsWanted();
    const free = this.#all.filter((partition) => !this.#holders.has(keyOf(partition)));
    const beganEmpty = this.#assigned.get(this.#byLoad().at(-1)!)!.length === 0;
    for (const partition of free) this.#give(partition);

    const movable = (partition: TopicPartition): boolean => this.#wantedBy.get(partition.topic)!.length > 1;
    const fixed: MemberPartitions = new Map();
    for (const [memberId, partitions] of this.#assigned) {
      if (partitions.length >= this.#mostFor(memberId) && !partitions.some(movable)) fixed.set(memberId, partitions);
    }
    for (const memberId of fixed.keys()) this.#assigned.delete(memberId);
    const before = new Map([...this.#assigned].map(([memberId, partitions]) => [memberId, [...partitions]]));
    if (!this.#mustRevoke) this.#even(free.filter(movable));
    const hasMoved = this.#even(this.#all.filter(movable));
    if (!beganEmpty && hasMoved && unevenness(this.#assigned) >= unevenness(before)) this.#assigned = before;
    for (const [memberId, partitions] of fixed) this.#assigned.set(memberId, partitions);
    return this.#assigned;
  }

  #keepWhatIsWanted(): void {
    for (const [memberId, partitions] of this.#assigned) {
      const wanted = partitions.filter(({ topic }) => this.#wants.get(memberId)!.includes(topic));
      if (wanted.length < partitions.length) this.#mustRevoke = true;
      this.#assigned.set(memberId, wanted);
      for (const partition of wanted) this.#holders.set(keyOf(partition), memberId);
    }
  }

  /** To whoever has least of those that want it. */
  #give(partition: TopicPartition): void {
    const memberId = this.#leastLoaded(partition.topic);
    if (memberId === undefined) return;
    this.#assigned.get(memberId)!.push(partition);
    this.#holders.set(keyOf(partition), memberId);
  }

  #even(partitions: readonly TopicPartition[]): boolean {
    let hasMoved = false;
    for (let again = true; again; ) {
      again = false;
      for (const partition of partitions) {
        if (this.#isEven()) break;
        const to = this.#betterHolder(partition);
        if (to === undefined) continue;
        this.#move(this.#movements.choose(partition, this.#holders.get(keyOf(partition))!, to), to);
        hasMoved = true;
        again = true;
      }
    }
    return hasMoved;
  }

  #betterHolder(partition: TopicPartition): string | undefined {
    const load = this.#load(this.#holders.get(keyOf(partition))!);
    const former = this.#former.get(keyOf(partition));
    if (former !== undefined && load > this.#load(former) + 1) return former;
    const isUnfair = this.#wantedBy.get(partition.topic)!.some((memberId) => load > this.#load(memberId) + 1);
    return isUnfair ? this.#leastLoaded(partition.topic) : undefined;
  }

  #move(partition: TopicPartition, to: string): void {
    const from = this.#holders.get(keyOf(partition))!;
    this.#movements.note(partition, { from, to });
    remove(this.#assigned.get(from)!, partition);
    this.#assigned.get(to)!.push(partition);
    this.#holders.set(keyOf(partition), to);
  }

  /** Whether nobody could get a partition from somebody who has at least two more. */
  #isEven(): boolean {
    const members = this.#byLoad();
    if (this.#load(members[0]!) >= this.#load(members.at(-1)!) - 1) return true;
    return members.every((memberId) => {
      const load = this.#load(memberId);
      if (load === this.#mostFor(memberId)) return true;
      return this.#wants.get(memberId)!.every((topic) => {
        for (let partition = 0; partition < this.#counts.get(topic)!; partition += 1) {
          const holder = this.#holders.get(keyOf({ topic, partition }));
          if (holder !== undefined && holder !== memberId && load + 1 < this.#load(holder)) return false;
        }
        return true;
      });
    });
  }

  #load(memberId: string): number {
    return this.#assigned.get(memberId)?.length ?? 0;
  }

  #mostFor(memberId: string): number {
    return this.#wants.get(memberId)!.reduce((sum, topic) => sum + this.#counts.get(topic)!, 0);
  }

  #leastLoaded(topic: string): string | undefined {
    let found: string | undefined;
    for (const memberId of this.#wantedBy.get(topic)!) {
      // Members are sorted: the first of equals stays.
      if (this.#assigned.has(memberId) && (found === undefined || this.#load(memberId) < this.#load(found))) found = memberId;
    }
    return found;
  }

  #byLoad(): readonly string[] {
    return [...this.#assigned.keys()].sort((a, b) => this.#load(a) - this.#load(b) || compareNames(a, b));
  }
}

function formerHolders({ subscribers, claims, newestGeneration }: StickyInput): ReadonlyMap<string, string> {
  const former = new Map<string, { readonly memberId: string; readonly generationId: number }>();
  for (const { memberId, topics } of subscribers) {
    const { partitions, generationId } = claims.get(memberId)!;
    if (generationId >= newestGeneration) continue;
    for (const partition of partitions) {
      if (!topics.includes(partition.topic)) continue;
      const key = keyOf(partition);
      if (generationId > (former.get(key)?.generationId ?? Number.NEGATIVE_INFINITY)) former.set(key, { memberId, generationId });
    }
  }
  return new Map([...former].map(([key, { memberId }]) => [key, memberId]));
}

/** The sum of all differences between two members' loads. */
function unevenness(assigned: MemberPartitions): number {
  const loads = [...assigned.values()].map(({ length }) => length);
  return loads.reduce((sum, load, index) => sum + loads.slice(index + 1).reduce((rest, other) => rest + Math.abs(load - other), 0), 0);
}
