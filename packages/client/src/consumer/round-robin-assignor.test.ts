import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assignRoundRobin } from "./round-robin-assignor.ts";
import { type AssignedTopics, decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from "./subscription.ts";

const { MemberMetadata, MemberAssignment } = createRequire(import.meta.url)("kafkajs/src/consumer/assignerProtocol.js") as {
  MemberMetadata: { encode(value: object): Buffer; decode(bytes: Buffer): { topics: string[] } };
  MemberAssignment: { encode(value: object): Buffer; decode(bytes: Buffer): { assignment: Record<string, number[]> } };
};

const decoded = (assigned: ReadonlyMap<string, AssignedTopics>): Record<string, string[]> =>
  Object.fromEntries(
    [...assigned].map(([member, topics]) => [
      member,
      [...topics].flatMap(([topic, partitions]) => partitions.map((partition) => `${topic}-${partition}`)),
    ]),
  );

test("a subscription has the bytes that kafkajs writes and reads", () => {
  const bytes = encodeSubscription(["b", "a"]);
  expect(bytes).toEqual(MemberMetadata.encode({ version: 0, topics: ["a", "b"] }));
  expect(MemberMetadata.decode(bytes).topics).toEqual(["a", "b"]);
  expect(decodeSubscription(MemberMetadata.encode({ version: 1, topics: ["x"] }))).toEqual(["x"]);
});

test("an assignment is read by kafkajs, and kafkajs's by us", () => {
  const assigned = assignRoundRobin([{ memberId: "m", topics: ["a", "b"] }], () => 2).get("m");
  const bytes = encodeAssignment(assigned ?? new Map());
  expect(MemberAssignment.decode(bytes).assignment).toEqual({ a: [0, 1], b: [0, 1] });
  expect(decodeAssignment(MemberAssignment.encode({ version: 0, assignment: { a: [1], b: [0, 2] } }))).toEqual([
    { topic: "a", partition: 1 },
    { topic: "b", partition: 0 },
    { topic: "b", partition: 2 },
  ]);
});

test("a member that the leader named nothing for holds nothing", () => {
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
});

test("partitions are dealt out in turn over sorted members and topics", () => {
  const members = [
    { memberId: "m2", topics: ["t", "s"] },
    { memberId: "m1", topics: ["s", "t"] },
  ];
  expect(decoded(assignRoundRobin(members, () => 3))).toEqual({ m1: ["s-0", "s-2", "t-1"], m2: ["s-1", "t-0", "t-2"] });
});

test("a member never gets a topic that it did not ask for", () => {
  const members = [
    { memberId: "m1", topics: ["a"] },
    { memberId: "m2", topics: ["b"] },
  ];
  expect(decoded(assignRoundRobin(members, () => 2))).toEqual({ m1: ["a-0", "a-1"], m2: ["b-0", "b-1"] });
});

test("every partition of every wanted topic goes to exactly one member that wants it, whatever the subscriptions", () => {
  const members = fc.uniqueArray(
    fc.record({ memberId: fc.string({ minLength: 1 }), topics: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }) }),
    { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(members, fc.integer({ min: 0, max: 7 }), (subscribers, count) => {
      const assigned = decoded(assignRoundRobin(subscribers, () => count));
      const wanted = new Set(subscribers.flatMap(({ topics }) => topics));
      const expected = [...wanted].flatMap((topic) => Array.from({ length: count }, (_, partition) => `${topic}-${partition}`));
      expect(Object.values(assigned).flat().sort()).toEqual(expected.sort());
      for (const { memberId, topics } of subscribers) {
        for (const held of assigned[memberId] ?? []) expect(topics).toContain(held.split("-")[0]);
      }
    }),
  );
});

test("with equal subscriptions the loads differ by one at most", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 20 }), (members, count) => {
      const subscribers = Array.from({ length: members }, (_, index) => ({ memberId: `m${index}`, topics: ["t"] }));
      const loads = Object.values(decoded(assignRoundRobin(subscribers, () => count))).map(({ length }) => length);
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
    }),
  );
});
