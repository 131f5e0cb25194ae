import { encodeVersionedMessage } from "@millrace/protocol";
import { createVirtualClock, seededRandom } from "@millrace/testing";
import { expect, test } from "vitest";
import { GroupCoordinator } from "./group-coordinator.ts";

const settings = { initialRebalanceDelayMs: 0, maxSize: 10, offsetsRetentionMs: 60_000, offsetsCheckIntervalMs: 1_000 };

function newCoordinator() {
  const clock = createVirtualClock();
  return { clock, coordinator: new GroupCoordinator({ clock, random: seededRandom(1), settings }) };
}

const committed = { offset: 1, leaderEpoch: -1, metadata: "" };

test("offsets of an empty group go after their retention, and the group goes with the last one", async () => {
  const { clock, coordinator } = newCoordinator();
  const group = coordinator.getOrCreate("g");
  group.offsets.set("t", 0, { ...committed, committedAtMs: clock.now() });
  group.offsets.set("t", 1, { ...committed, committedAtMs: clock.now() + 30_000 });
  await clock.advance(59_000);
  expect(group.offsets.get("t", 0)).toBeDefined();
  await clock.advance(2_000);
  expect([group.offsets.get("t", 0), group.offsets.get("t", 1)?.offset]).toEqual([undefined, 1]);
  await clock.advance(30_000);
  expect(coordinator.get("g")).toBeUndefined();
  expect(clock.pending).toBe(0);
});

test("an offset with a time of its own goes then", async () => {
  const { clock, coordinator } = newCoordinator();
  const group = coordinator.getOrCreate("g");
  group.offsets.set("t", 0, { ...committed, committedAtMs: clock.now(), expiresAtMs: clock.now() + 5_000 });
  await clock.advance(6_000);
  expect(group.offsets.isEmpty).toBe(true);
});

test("a group with members keeps its offsets however old they are", async () => {
  const { clock, coordinator } = newCoordinator();
  const group = coordinator.getOrCreate("g");
  group.offsets.set("t", 0, { ...committed, committedAtMs: clock.now() });
  const identity = { clientId: "c", clientHost: "/h", instanceId: null, protocols: [{ name: "range", metadata: Buffer.alloc(0) }] };
  const timeouts = { sessionTimeoutMs: 3_600_000, rebalanceTimeoutMs: 3_600_000 };
  await group.join({ ...identity, ...timeouts, memberId: "", protocolType: "consumer", canBeGivenAnId: false, canSkipAssignment: false });
  await clock.advance(120_000);
  expect(group.offsets.get("t", 0)).toBeDefined();
  expect(coordinator.delete("g")).toBe("NON_EMPTY_GROUP");
});

test("a deleted topic takes its offsets along, and closing leaves no timer", () => {
  const { clock, coordinator } = newCoordinator();
  const group = coordinator.getOrCreate("g");
  group.offsets.set("t", 0, { ...committed, committedAtMs: 0 });
  coordinator.topicDeleted("t");
  expect(group.offsets.isEmpty).toBe(true);
  expect(coordinator.delete("unknown")).toBe("GROUP_ID_NOT_FOUND");
  coordinator.close();
  expect([group.state, clock.pending]).toEqual(["Dead", 0]);
});

test("offsets of topics that no member of a stable group reads expire, those of the others stay", async () => {
  const { clock, coordinator } = newCoordinator();
  const group = coordinator.getOrCreate("g");
  const metadata = encodeVersionedMessage("ConsumerProtocolSubscription", 1, { topics: ["read"], userData: null, ownedPartitions: [] });
  const joined = await group.join({
    memberId: "",
    instanceId: null,
    clientId: "c",
    clientHost: "h",
    protocolType: "consumer",
    protocols: [{ name: "range", metadata }],
    sessionTimeoutMs: 1_000_000,
    rebalanceTimeoutMs: 1_000_000,
    canBeGivenAnId: false,
    canSkipAssignment: false,
  });
  const { memberId } = joined;
  await group.sync({ memberId, instanceId: null, generationId: 1, protocolType: null, protocolName: null, assignments: new Map() });
  for (const topic of ["read", "not-read"]) group.offsets.set(topic, 0, { ...committed, committedAtMs: clock.now() });
  await clock.advance(62_000);
  expect(group.state).toBe("Stable");
  expect([group.offsets.get("read", 0)?.offset, group.offsets.get("not-read", 0)]).toEqual([1, undefined]);
  coordinator.close();
});
