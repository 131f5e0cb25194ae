import type { TopicPartition } from "@millrace/kafka";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decoded, subscriber } from "../../../test/support/assignor-fixtures.ts";
import type { Assignor, MemberPartitions } from "./assignor.ts";
import { findAssignor } from "./find-assignor.ts";
import type { Subscriber } from "./subscription.ts";

const names = ["range", "roundrobin", "sticky", "cooperative-sticky", "RoundRobinAssigner"] as const;
const topics = ["a", "b", "c", "d"];
const counts = fc.record(Object.fromEntries(topics.map((topic) => [topic, fc.integer({ min: 0, max: 7 })])));
const wanted = fc.uniqueArray(fc.constantFrom(...topics), { minLength: 1 });
const memberIds = fc.uniqueArray(fc.constantFrom(...Array.from("kjihgfedcba")), { minLength: 1, maxLength: 8 });
const group = memberIds.chain((ids) => fc.tuple(...ids.map((id) => wanted.map((mine) => subscriber(id, mine)))));
const equalGroup = fc.tuple(memberIds, wanted).map(([ids, mine]) => ids.map((id) => subscriber(id, mine)));

/** What members say in the next generation about what they hold. */
function rejoin(assignor: Assignor, members: readonly Subscriber[], held: MemberPartitions, generationId: number): readonly Subscriber[] {
  return members.map((member) => {
    const partitions = (held.get(member.memberId) ?? []).filter(({ topic }) => member.topics.includes(topic));
    const userData = assignor.userData({ partitions, generationId });
    return { ...member, userData, owned: assignor.isCooperative ? partitions : [], generationId };
  });
}

/** Rebalances until nobody has to give anything up; checks on the way that nobody gets what another one holds. */
function settle(assignor: Assignor, members: readonly Subscriber[], partitionCount: (topic: string) => number): MemberPartitions {
  const round = (current: readonly Subscriber[], generationId: number): MemberPartitions => {
    const assigned = assignor.assign(current, partitionCount);
    const isSettled = current.every(({ memberId, owned }) => missing(owned, assigned.get(memberId) ?? []).length === 0);
    if (!assignor.isCooperative || isSettled) return assigned;
    for (const { memberId } of current) {
      const others = current.filter((other) => other.memberId !== memberId).flatMap(({ owned }) => owned);
      expect(missing(assigned.get(memberId)!, others)).toHaveLength(assigned.get(memberId)!.length);
    }
    expect(generationId).toBeLessThan(20);
    return round(rejoin(assignor, current, assigned, generationId), generationId + 1);
  };
  return round(members, 10);
}

function missing(partitions: readonly TopicPartition[], from: readonly TopicPartition[]): readonly TopicPartition[] {
  return partitions.filter((each) => !from.some(({ topic, partition }) => topic === each.topic && partition === each.partition));
}

function loads(assigned: MemberPartitions): readonly number[] {
  return [...assigned.values()].map(({ length }) => length);
}

test.each(names)(
  "%s: every partition of every wanted topic goes to exactly one member that wants it, whatever the subscriptions",
  (name) => {
    const assignor = findAssignor(name);
    fc.assert(
      fc.property(group, counts, (members, sizes) => {
        const assigned = decoded(settle(assignor, members, (topic) => sizes[topic] ?? 0));
        const expected = [...new Set(members.flatMap((member) => member.topics))].flatMap((topic) =>
          Array.from({ length: sizes[topic] ?? 0 }, (_, partition) => `${topic}-${partition}`),
        );
        expect(Object.values(assigned).flat().sort()).toEqual(expected.sort());
        for (const member of members) for (const held of assigned[member.memberId]!) expect(member.topics).toContain(held.split("-")[0]);
      }),
    );
  },
);

test.each(["roundrobin", "sticky", "cooperative-sticky", "RoundRobinAssigner"] as const)(
  "%s: with equal subscriptions the loads differ by one at most",
  (name) => {
    fc.assert(
      fc.property(equalGroup, counts, (members, sizes) => {
        const all = loads(settle(findAssignor(name), members, (topic) => sizes[topic] ?? 0));
        expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
      }),
    );
  },
);

test.each(["sticky", "cooperative-sticky"] as const)("%s: when nothing changed, everybody keeps what they hold", (name) => {
  const assignor = findAssignor(name);
  fc.assert(
    fc.property(group, counts, (members, sizes) => {
      const partitionCount = (topic: string): number => sizes[topic] ?? 0;
      const before = settle(assignor, members, partitionCount);
      const after = settle(assignor, rejoin(assignor, members, before, 30), partitionCount);
      for (const [memberId, held] of before) expect(missing(held, after.get(memberId)!)).toEqual([]);
    }),
  );
});

test.each(["sticky", "cooperative-sticky"] as const)(
  "%s: when a member comes or goes, no more partitions move than the even share asks for",
  (name) => {
    const assignor = findAssignor(name);
    fc.assert(
      fc.property(equalGroup, counts, fc.boolean(), (members, sizes, comes) => {
        const partitionCount = (topic: string): number => sizes[topic] ?? 0;
        const before = settle(assignor, members, partitionCount);
        const again = rejoin(assignor, members, before, 30);
        const changed = comes ? [...again, subscriber("z", members[0]!.topics)] : again.slice(1);
        if (changed.length === 0) return;
        const after = settle(assignor, changed, partitionCount);
        const total = loads(after).reduce((sum, load) => sum + load, 0);
        const most = Math.ceil(total / changed.length);
        const least = Math.floor(total / changed.length);
        for (const [memberId, held] of before) {
          const now = after.get(memberId);
          // Whoever stays loses something only down to an even share.
          if (now !== undefined && missing(held, now).length > 0) expect([least, most]).toContain(now.length);
          if (now !== undefined && !comes) expect(missing(held, now)).toEqual([]);
        }
      }),
    );
  },
);

test("sticky: of two members that claim the same partition, the one of the newer generation is believed, and of equals neither", () => {
  const assignor = findAssignor("sticky");
  const held = [{ topic: "a", partition: 0 }];
  const claiming = (id: string, generationId: number): Subscriber =>
    subscriber(id, ["a"], { userData: assignor.userData({ partitions: held, generationId }), generationId });
  expect(decoded(assignor.assign([claiming("m1", 3), claiming("m2", 4)], () => 2))).toEqual({ m1: ["a-1"], m2: ["a-0"] });
  const cooperative = findAssignor("cooperative-sticky");
  const owning = (id: string): Subscriber => subscriber(id, ["a"], { owned: held, generationId: 4 });
  // Both must let it go before one of them may have it.
  expect(decoded(cooperative.assign([owning("m1"), owning("m2")], () => 2))).toEqual({ m1: [], m2: ["a-1"] });
});

test("sticky: what is no user data of this assignor counts as nothing", () => {
  const assignor = findAssignor("sticky");
  for (const userData of [Buffer.from([0, 0, 0, 9]), Buffer.from("?"), Buffer.alloc(0)]) {
    expect(decoded(assignor.assign([subscriber("m", ["a"], { userData })], () => 1))).toEqual({ m: ["a-0"] });
  }
});
