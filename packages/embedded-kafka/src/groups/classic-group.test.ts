import { createVirtualClock, seededRandom, type VirtualClock } from "@millrace/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ClassicGroup } from "./classic-group.ts";
import type { JoinAnswer, SyncAnswer } from "./group-answer.ts";
import type { JoinRequest } from "./group-request.ts";

const sessionTimeoutMs = 10_000;
const rebalanceTimeoutMs = 30_000;

interface Joined {
  readonly memberId: string;
  readonly generationId: number;
  readonly leader: string;
  readonly members: readonly { readonly memberId: string }[];
  readonly protocolName: string;
  readonly skipAssignment: boolean;
}

function newGroup({ initialRebalanceDelayMs = 0, maxSize = 100 } = {}): { group: ClassicGroup; clock: VirtualClock } {
  const clock = createVirtualClock();
  const group = new ClassicGroup("g", { clock, random: seededRandom(1), settings: { initialRebalanceDelayMs, maxSize } });
  return { group, clock };
}

function request(changes: Partial<JoinRequest> = {}): JoinRequest {
  return {
    memberId: "",
    clientId: "client",
    clientHost: "/127.0.0.1",
    instanceId: null,
    protocolType: "consumer",
    protocols: [{ name: "range", metadata: Buffer.from("all") }],
    sessionTimeoutMs,
    rebalanceTimeoutMs,
    canBeGivenAnId: false,
    canSkipAssignment: false,
    ...changes,
  };
}

const errorOf = async (answer: JoinAnswer | SyncAnswer | Promise<JoinAnswer | SyncAnswer>): Promise<string | undefined> =>
  (await answer).error;

async function joined(answer: JoinAnswer | Promise<JoinAnswer>): Promise<Joined> {
  const settled = await answer;
  if (settled.error !== undefined) throw new Error(`the join failed with ${settled.error}`);
  return settled;
}

function sync(
  group: ClassicGroup,
  member: Joined,
  assignments: Record<string, string> = {},
  changes = {},
): SyncAnswer | Promise<SyncAnswer> {
  return group.sync({
    memberId: member.memberId,
    instanceId: null,
    generationId: member.generationId,
    protocolType: null,
    protocolName: null,
    assignments: new Map(Object.entries(assignments).map(([id, text]) => [id, Buffer.from(text)])),
    ...changes,
  });
}

async function assignmentOf(answer: SyncAnswer | Promise<SyncAnswer>): Promise<string> {
  const settled = await answer;
  return settled.error ?? settled.assignment.toString();
}

/** A stable group of two: the leader and another. */
async function stablePair(options: { first?: Partial<JoinRequest>; second?: Partial<JoinRequest> } = {}) {
  const { group, clock } = newGroup();
  const alone = await joined(group.join(request(options.first)));
  const waiting = group.join(request(options.second));
  const again = group.join(request({ ...options.first, memberId: alone.memberId }));
  const [first, second] = [await joined(again), await joined(waiting)];
  await sync(group, first, { [first.memberId]: "to first", [second.memberId]: "to second" });
  await sync(group, second);
  return { group, clock, first, second };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: unknown): Promise<boolean> {
  const pending = Symbol("pending");
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

test("the first member leads, hears of all members, and its assignment reaches everybody", async () => {
  const { group, first, second } = await stablePair();
  expect([group.state, group.generation, group.protocolName, group.protocolType]).toEqual(["Stable", 2, "range", "consumer"]);
  expect(first.leader).toBe(first.memberId);
  expect(first.members.map(({ memberId }) => memberId)).toEqual([first.memberId, second.memberId]);
  expect(second).toMatchObject({ leader: first.memberId, members: [], generationId: 2 });
  expect(await assignmentOf(sync(group, first))).toBe("to first");
  expect(await assignmentOf(sync(group, second))).toBe("to second");
});

test("a follower's sync waits for the leader's, and who is not in the assignment gets an empty one", async () => {
  const { group } = newGroup();
  const alone = await joined(group.join(request()));
  const second = group.join(request());
  const [leader, follower] = [await joined(group.join(request({ memberId: alone.memberId }))), await joined(second)];
  const waiting = sync(group, follower);
  expect(await isSettled(waiting)).toBe(false);
  expect(await assignmentOf(sync(group, leader, { [leader.memberId]: "mine" }))).toBe("mine");
  expect(await assignmentOf(waiting)).toBe("");
});

test("a member that can be given an id first gets one and has to join with it", async () => {
  const { group, clock } = newGroup();
  const refused = (await group.join(request({ canBeGivenAnId: true }))) as { error: string; memberId: string };
  expect(refused.error).toBe("MEMBER_ID_REQUIRED");
  expect(group.state).toBe("Empty");
  expect(await joined(group.join(request({ memberId: refused.memberId })))).toMatchObject({ memberId: refused.memberId, generationId: 1 });
  const unused = (await group.join(request({ canBeGivenAnId: true }))) as { memberId: string };
  await clock.advance(sessionTimeoutMs + 1);
  expect(await errorOf(group.join(request({ memberId: unused.memberId })))).toBe("UNKNOWN_MEMBER_ID");
});

test("a member that was promised an id holds up a rebalance until it comes, goes or its time is over", async () => {
  const { group } = newGroup();
  const first = await joined(group.join(request()));
  const promised = (await group.join(request({ canBeGivenAnId: true }))) as { memberId: string };
  const rejoin = group.join(request({ memberId: first.memberId, protocols: [{ name: "range", metadata: Buffer.from("other") }] }));
  expect(await isSettled(rejoin)).toBe(false);
  expect(group.leave(promised.memberId, null)).toBe("NONE");
  expect((await joined(rejoin)).generationId).toBe(2);
});

test("strangers, past generations and other protocols are refused, each with its own error", async () => {
  const { group, first } = await stablePair();
  const stale = { ...first, generationId: 1 };
  expect(await errorOf(sync(group, { ...first, memberId: "stranger" }))).toBe("UNKNOWN_MEMBER_ID");
  expect(await errorOf(sync(group, stale))).toBe("ILLEGAL_GENERATION");
  expect(await errorOf(sync(group, first, {}, { protocolType: "connect" }))).toBe("INCONSISTENT_GROUP_PROTOCOL");
  expect(await errorOf(sync(group, first, {}, { protocolName: "sticky" }))).toBe("INCONSISTENT_GROUP_PROTOCOL");
  expect(group.heartbeat("stranger", null, 2)).toBe("UNKNOWN_MEMBER_ID");
  expect(group.heartbeat(first.memberId, null, 1)).toBe("ILLEGAL_GENERATION");
  expect(group.leave("stranger", null)).toBe("UNKNOWN_MEMBER_ID");
  expect(await errorOf(group.join(request({ protocolType: "connect" })))).toBe("INCONSISTENT_GROUP_PROTOCOL");
  expect(await errorOf(group.join(request({ protocols: [{ name: "sticky", metadata: Buffer.alloc(0) }] })))).toBe(
    "INCONSISTENT_GROUP_PROTOCOL",
  );
  expect(await errorOf(group.join(request({ protocols: [] })))).toBe("INCONSISTENT_GROUP_PROTOCOL");
  expect(await errorOf(group.join(request({ memberId: "stranger" })))).toBe("UNKNOWN_MEMBER_ID");
});

test("the protocol that all know and most prefer is taken", async () => {
  const bytes = Buffer.from("m");
  const named = (...names: string[]) => names.map((name) => ({ name, metadata: bytes }));
  const { group } = newGroup();
  const alone = await joined(group.join(request({ protocols: named("sticky", "range") })));
  expect(alone.protocolName).toBe("sticky");
  const others = [group.join(request({ protocols: named("range") })), group.join(request({ protocols: named("range", "other") }))];
  const leader = await joined(group.join(request({ memberId: alone.memberId, protocols: named("sticky", "range") })));
  expect(leader.protocolName).toBe("range");
  for (const other of others) expect((await joined(other)).protocolName).toBe("range");
});

test("a follower that joins again unchanged gets its generation, a changed one and the leader start a rebalance", async () => {
  const { group, first, second } = await stablePair();
  expect(await joined(group.join(request({ memberId: second.memberId })))).toMatchObject({ generationId: 2 });
  expect(group.state).toBe("Stable");
  const leaderAgain = group.join(request({ memberId: first.memberId }));
  expect(group.state).toBe("PreparingRebalance");
  expect(group.heartbeat(second.memberId, null, 2)).toBe("REBALANCE_IN_PROGRESS");
  const secondAgain = group.join(request({ memberId: second.memberId }));
  expect([(await joined(leaderAgain)).generationId, (await joined(secondAgain)).generationId]).toEqual([3, 3]);
  await sync(group, { ...first, generationId: 3 });
  void group.join(request({ memberId: second.memberId, protocols: [{ name: "range", metadata: Buffer.from("changed") }] }));
  expect(group.state).toBe("PreparingRebalance");
});

test("while a rebalance completes, a lost answer is given again and syncs that wait are sent back by a new one", async () => {
  const { group } = newGroup();
  const alone = await joined(group.join(request()));
  const second = group.join(request());
  const leader = await joined(group.join(request({ memberId: alone.memberId })));
  const follower = await joined(second);
  expect(await joined(group.join(request({ memberId: leader.memberId })))).toMatchObject({ generationId: 2, members: [{}, {}] });
  const waiting = sync(group, follower);
  expect(group.checkCommit({ memberId: follower.memberId, instanceId: null, generationId: 2 })).toBe("REBALANCE_IN_PROGRESS");
  void group.join(request());
  expect(await errorOf(waiting)).toBe("REBALANCE_IN_PROGRESS");
  expect(await errorOf(sync(group, leader))).toBe("REBALANCE_IN_PROGRESS");
});

test("a member that is not heard of for its session time-out is out, and the others share anew", async () => {
  const { group, clock, first, second } = await stablePair();
  await clock.advance(sessionTimeoutMs - 1_000);
  expect(group.heartbeat(first.memberId, null, 2)).toBe("NONE");
  await clock.advance(2_000);
  expect(group.state).toBe("PreparingRebalance");
  expect(group.heartbeat(second.memberId, null, 2)).toBe("UNKNOWN_MEMBER_ID");
  expect(group.heartbeat(first.memberId, null, 2)).toBe("REBALANCE_IN_PROGRESS");
  expect(await joined(group.join(request({ memberId: first.memberId })))).toMatchObject({ generationId: 3, members: [{}] });
});

test("commits keep a member alive as heartbeats do", async () => {
  const { group, clock, first, second } = await stablePair();
  for (let round = 0; round < 5; round++) {
    await clock.advance(sessionTimeoutMs - 1);
    expect(group.checkCommit({ memberId: first.memberId, instanceId: null, generationId: 2 })).toBe("NONE");
    expect(group.checkCommit({ memberId: second.memberId, instanceId: null, generationId: 2 })).toBe("NONE");
  }
  expect(group.state).toBe("Stable");
});

test("who does not join again in time is left behind, and the leadership moves on", async () => {
  const { group, clock, first, second } = await stablePair();
  const changed = { protocols: [{ name: "range", metadata: Buffer.from("changed") }] };
  const rejoin = group.join(request({ memberId: second.memberId, ...changed }));
  for (let waited = 0; waited < rebalanceTimeoutMs; waited += 5_000) {
    expect(group.heartbeat(first.memberId, null, 2)).toBe("REBALANCE_IN_PROGRESS");
    await clock.advance(5_000);
  }
  expect(await joined(rejoin)).toMatchObject({ generationId: 3, leader: second.memberId, members: [{ memberId: second.memberId }] });
  expect(group.heartbeat(first.memberId, null, 3)).toBe("UNKNOWN_MEMBER_ID");
});

test("who joins and never syncs is left behind after the rebalance time-out", async () => {
  const { group, clock } = newGroup();
  const alone = await joined(group.join(request()));
  const second = group.join(request());
  const leader = await joined(group.join(request({ memberId: alone.memberId })));
  const silent = await joined(second);
  await sync(group, leader);
  for (let waited = 0; waited < rebalanceTimeoutMs; waited += 5_000) {
    group.heartbeat(leader.memberId, null, 2);
    group.heartbeat(silent.memberId, null, 2);
    await clock.advance(5_000);
  }
  expect(group.state).toBe("PreparingRebalance");
  expect(group.heartbeat(silent.memberId, null, 2)).toBe("UNKNOWN_MEMBER_ID");
});

test("the last member that leaves empties the group, and offsets may then be committed from outside", async () => {
  const { group, first, second } = await stablePair();
  expect(group.checkCommit({ memberId: "", instanceId: null, generationId: -1 })).toBe("UNKNOWN_MEMBER_ID");
  expect(group.leave(second.memberId, null)).toBe("NONE");
  expect(group.leave(first.memberId, null)).toBe("NONE");
  expect([group.state, group.generation, group.members.length]).toEqual(["Empty", 3, 0]);
  expect(group.checkCommit({ memberId: "", instanceId: null, generationId: -1 })).toBe("NONE");
  expect(group.checkCommit({ memberId: first.memberId, instanceId: null, generationId: 2 })).toBe("UNKNOWN_MEMBER_ID");
});

test("a static member comes back under a new id without a rebalance, and its former self is fenced", async () => {
  const { group, first, second } = await stablePair({ second: { instanceId: "rack-1" } });
  const back = await joined(group.join(request({ instanceId: "rack-1", canBeGivenAnId: true })));
  expect(back.memberId).not.toBe(second.memberId);
  expect(back).toMatchObject({ generationId: 2, leader: first.memberId });
  expect(group.state).toBe("Stable");
  expect(await assignmentOf(sync(group, back, {}, { instanceId: "rack-1" }))).toBe("to second");
  expect(group.heartbeat(second.memberId, "rack-1", 2)).toBe("FENCED_INSTANCE_ID");
  expect(group.checkCommit({ memberId: second.memberId, instanceId: "rack-1", generationId: 2 })).toBe("FENCED_INSTANCE_ID");
  expect(group.heartbeat(second.memberId, null, 2)).toBe("UNKNOWN_MEMBER_ID");
  expect(group.leave("", "rack-2")).toBe("UNKNOWN_MEMBER_ID");
  expect(group.leave("", "rack-1")).toBe("NONE");
  expect(group.state).toBe("PreparingRebalance");
});

test("a static leader that comes back keeps the assignment, and only one that understands that is told it leads", async () => {
  const old = await stablePair({ first: { instanceId: "leader" } });
  const back = await joined(old.group.join(request({ instanceId: "leader" })));
  expect(back).toMatchObject({ leader: old.first.memberId, members: [], skipAssignment: false });
  const recent = await stablePair({ first: { instanceId: "leader" } });
  const newer = await joined(recent.group.join(request({ instanceId: "leader", canSkipAssignment: true })));
  expect(newer).toMatchObject({ leader: newer.memberId, members: [{}, {}], skipAssignment: true });
});

test("a static member that comes back while others join takes the place of its waiting self", async () => {
  const { group } = newGroup();
  const alone = await joined(group.join(request()));
  const waiting = group.join(request({ instanceId: "rack-1" }));
  const back = group.join(request({ instanceId: "rack-1" }));
  expect(await errorOf(waiting)).toBe("FENCED_INSTANCE_ID");
  await joined(group.join(request({ memberId: alone.memberId })));
  expect((await joined(back)).generationId).toBe(2);
});

test("an empty group waits for more members as long as they keep coming, within the rebalance time-out", async () => {
  const { group, clock } = newGroup({ initialRebalanceDelayMs: 3_000 });
  const first = group.join(request());
  await clock.advance(2_000);
  const second = group.join(request());
  await clock.advance(2_000);
  expect(await isSettled(first)).toBe(false);
  await clock.advance(3_000);
  expect((await joined(first)).members).toHaveLength(2);
  expect((await joined(second)).generationId).toBe(1);
});

test("a full group takes nobody in, and a dead one says so to everybody", async () => {
  const { group } = newGroup({ maxSize: 1 });
  const only = await joined(group.join(request()));
  expect(await errorOf(group.join(request()))).toBe("GROUP_MAX_SIZE_REACHED");
  const waiting = group.join(request({ memberId: only.memberId, protocols: [{ name: "range", metadata: Buffer.from("new") }] }));
  await joined(waiting);
  const syncing = sync(group, { ...only, generationId: 2 });
  await syncing;
  group.die();
  expect(await errorOf(group.join(request()))).toBe("COORDINATOR_NOT_AVAILABLE");
  expect(await errorOf(sync(group, only))).toBe("COORDINATOR_NOT_AVAILABLE");
  expect(group.heartbeat(only.memberId, null, 1)).toBe("COORDINATOR_NOT_AVAILABLE");
  expect(group.leave(only.memberId, null)).toBe("COORDINATOR_NOT_AVAILABLE");
  expect(group.checkCommit({ memberId: only.memberId, instanceId: null, generationId: 1 })).toBe("COORDINATOR_NOT_AVAILABLE");
});

type Step = { readonly kind: "join" | "static" | "rejoin" | "sync" | "leave" | "heartbeat" | "wait"; readonly who: number };

test("whatever members do, generations only grow, one leads, and nobody waits for ever", async () => {
  const kinds = ["join", "static", "rejoin", "sync", "leave", "heartbeat", "wait"] as const;
  const step: fc.Arbitrary<Step> = fc.record({ kind: fc.constantFrom(...kinds), who: fc.nat(5) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { group, clock } = newGroup();
      const known: Joined[] = [];
      let answered = 0;
      let asked = 0;
      const watch = (answer: JoinAnswer | Promise<JoinAnswer>): void => {
        asked++;
        void Promise.resolve(answer).then((settled) => {
          answered++;
          if (settled.error === undefined) known.push(settled);
        });
      };
      let generation = 0;
      for (const { kind, who } of steps) {
        const member = known.at(-1 - who);
        if (kind === "join") watch(group.join(request()));
        else if (kind === "static") watch(group.join(request({ instanceId: `rack-${who % 2}` })));
        else if (kind === "wait") await clock.advance(who * 3_000);
        else if (member !== undefined) {
          if (kind === "rejoin") watch(group.join(request({ memberId: member.memberId })));
          if (kind === "sync") void sync(group, member, { [member.memberId]: "mine" });
          if (kind === "leave") group.leave(member.memberId, null);
          if (kind === "heartbeat") group.heartbeat(member.memberId, null, member.generationId);
        }
        await clock.advance(0);
        expect(group.generation).toBeGreaterThanOrEqual(generation);
        generation = group.generation;
        const ids = group.members.map(({ id }) => id);
        if (ids.length > 0 && group.state !== "PreparingRebalance") expect(ids).toContain(group.leaderId);
        if (group.state === "Empty") expect(ids).toEqual([]);
        const instances = group.members.flatMap(({ identity }) => identity.instanceId ?? []);
        expect(new Set(instances).size).toBe(instances.length);
      }
      // Silence: every session ends, every wait is answered, and no timer is left.
      await clock.advance(20 * 60_000);
      expect(answered).toBe(asked);
      expect(group.state).toBe("Empty");
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test("a static member that misses a rebalance keeps its place for that one, and is out when it does not sync either", async () => {
  const { group, clock, first } = await stablePair({
    second: { instanceId: "rack-1", sessionTimeoutMs: 25_000, rebalanceTimeoutMs: 20_000 },
    first: { rebalanceTimeoutMs: 20_000 },
  });
  const rejoin = group.join(request({ memberId: first.memberId, rebalanceTimeoutMs: 20_000 }));
  await clock.advance(20_000);
  const again = await joined(rejoin);
  expect(again).toMatchObject({ generationId: 3, members: [{}, {}] });
  await sync(group, again);
  expect(group.members).toHaveLength(2);
  for (let waited = 0; waited < 20_000; waited += 5_000) {
    expect(group.heartbeat(first.memberId, null, 3)).toBe("NONE");
    await clock.advance(5_000);
  }
  expect(group.members.map(({ id }) => id)).toEqual([first.memberId]);
});

test("a group of static members of whom none comes back waits until their sessions end", async () => {
  const { group, clock } = newGroup();
  const only = await joined(group.join(request({ instanceId: "rack-1", sessionTimeoutMs: 60_000 })));
  await sync(group, only, {}, { instanceId: "rack-1" });
  const guest = group.join(request({ rebalanceTimeoutMs: 1_000 }));
  await clock.advance(500);
  group.leave((await isSettled(guest)) ? "" : group.members.at(-1)!.id, null);
  await clock.advance(40_000);
  expect([group.state, group.members.length]).toEqual(["PreparingRebalance", 1]);
  await clock.advance(30_000);
  expect(group.state).toBe("Empty");
});
