import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { decoded, subscriber } from "../../../test/support/assignor-fixtures.ts";
import { kafkajsAssignor, roundRobinAssignor } from "./round-robin-assignor.ts";
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from "./subscription.ts";

const { MemberMetadata, MemberAssignment } = createRequire(import.meta.url)("kafkajs/src/consumer/assignerProtocol.js") as {
  MemberMetadata: { encode(value: object): Buffer; decode(bytes: Buffer): { topics: string[] } };
  MemberAssignment: { encode(value: object): Buffer; decode(bytes: Buffer): { assignment: Record<string, number[]> } };
};

test("a subscription is read by kafkajs, and kafkajs's by us", () => {
  const owned = [{ topic: "a", partition: 1 }];
  const bytes = encodeSubscription({ topics: ["b", "a"], userData: null, owned, generationId: 7 });
  expect(MemberMetadata.decode(bytes).topics).toEqual(["a", "b"]);
  expect(decodeSubscription(bytes)).toEqual({ topics: ["a", "b"], userData: null, owned, generationId: 7 });
  const nothing = { userData: Buffer.alloc(0), owned: [], generationId: -1 };
  expect(decodeSubscription(MemberMetadata.encode({ version: 0, topics: ["x"] }))).toEqual({ topics: ["x"], ...nothing });
  // Some clients state a version without having what it added.
  expect(decodeSubscription(MemberMetadata.encode({ version: 1, topics: ["x"] }))).toEqual({ topics: ["x"], ...nothing });
});

test("an assignment is read by kafkajs, and kafkajs's by us", () => {
  const held = [
    { topic: "a", partition: 1 },
    { topic: "b", partition: 0 },
    { topic: "b", partition: 2 },
  ];
  expect(MemberAssignment.decode(encodeAssignment(held)).assignment).toEqual({ a: [1], b: [0, 2] });
  expect(decodeAssignment(MemberAssignment.encode({ version: 0, assignment: { a: [1], b: [0, 2] } }))).toEqual(held);
});

test("a member that the leader named nothing for holds nothing", () => {
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
});

test("partitions are dealt out in turn over sorted members and topics", () => {
  const members = [subscriber("m2", ["t", "s"]), subscriber("m1", ["s", "t"])];
  expect(decoded(roundRobinAssignor.assign(members, () => 3))).toEqual({ m1: ["s-0", "s-2", "t-1"], m2: ["s-1", "t-0", "t-2"] });
});

test("a member never gets a topic that it did not ask for", () => {
  const members = [subscriber("m1", ["a"]), subscriber("m2", ["b"])];
  expect(decoded(roundRobinAssignor.assign(members, () => 2))).toEqual({ m1: ["a-0", "a-1"], m2: ["b-0", "b-1"] });
});

test("static members come first, by their instance ids", () => {
  const members = [
    subscriber("m1", ["t"]),
    subscriber("m2", ["t"], { groupInstanceId: "b" }),
    subscriber("m3", ["t"], { groupInstanceId: "a" }),
  ];
  expect(decoded(kafkajsAssignor.assign(members, () => 4))).toEqual({ m3: ["t-0", "t-3"], m2: ["t-1"], m1: ["t-2"] });
});
