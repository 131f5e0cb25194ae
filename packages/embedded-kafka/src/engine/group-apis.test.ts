import { errorCodes, type MessageInput, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import { createVirtualClock } from "@millrace/testing";
import { expect, test } from "vitest";
import { type CallOptions, engineClient } from "../../test/support/engine-client.ts";
import { createBrokerEngine } from "./broker-engine.ts";

function setUp() {
  const clock = createVirtualClock();
  const engine = createBrokerEngine({ clock, topics: [{ name: "t", partitions: 2 }] });
  const call = engineClient(engine);
  const join = (body: MessageInput<RequestTypes["JoinGroup"]> = {}, options: CallOptions = { version: 3 }) =>
    call(
      "JoinGroup",
      {
        groupId: "g",
        sessionTimeoutMs: 10_000,
        protocolType: "consumer",
        protocols: [{ name: "range", metadata: Buffer.from("all") }],
        ...body,
      },
      options,
    ) as Promise<ResponseTypes["JoinGroup"]>;
  /** A stable group of one. */
  const joinAndSync = async () => {
    const { memberId, generationId } = await join();
    const assignments = [{ memberId, assignment: Buffer.from("everything") }];
    await call("SyncGroup", { groupId: "g", memberId, generationId, assignments }, { version: 2 });
    return { memberId, generationId };
  };
  return { clock, engine, call, join, joinAndSync };
}

const code = (error: keyof typeof errorCodes): number => errorCodes[error];

test("a join is checked before any group is made", async () => {
  const { join, engine } = setUp();
  expect((await join({ groupId: "" })).errorCode).toBe(code("INVALID_GROUP_ID"));
  expect((await join({ sessionTimeoutMs: 5_999 })).errorCode).toBe(code("INVALID_SESSION_TIMEOUT"));
  expect((await join({ sessionTimeoutMs: 1_800_001 })).errorCode).toBe(code("INVALID_SESSION_TIMEOUT"));
  expect(await join({ memberId: "stranger" })).toMatchObject({ errorCode: code("UNKNOWN_MEMBER_ID"), memberId: "stranger" });
  expect(engine.groups()).toEqual([]);
});

test("from version 4 on a new member is told its id first", async () => {
  const { join } = setUp();
  const first = await join({}, { version: 4, clientId: "app" });
  expect(first.errorCode).toBe(code("MEMBER_ID_REQUIRED"));
  expect(first.memberId).toMatch(/^app-[0-9a-f-]{36}$/);
  expect(await join({ memberId: first.memberId }, { version: 4 })).toMatchObject({ errorCode: 0, generationId: 1, leader: first.memberId });
});

test("newer versions say the protocol's type and name, and want them in a sync", async () => {
  const { call, join } = setUp();
  const promised = await join({}, { version: 9 });
  expect(promised.protocolName).toBeNull();
  const joined = await join({ memberId: promised.memberId }, { version: 9 });
  expect(joined).toMatchObject({ protocolType: "consumer", protocolName: "range", skipAssignment: false });
  const { memberId, generationId } = joined;
  const without = await call("SyncGroup", { groupId: "g", memberId, generationId });
  expect(without!.errorCode).toBe(code("INCONSISTENT_GROUP_PROTOCOL"));
  const named = { groupId: "g", memberId, generationId, protocolType: "consumer", protocolName: "range" };
  const synced = await call("SyncGroup", { ...named, assignments: [{ memberId, assignment: Buffer.from("mine") }] });
  expect(synced).toMatchObject({ errorCode: 0, protocolType: "consumer", protocolName: "range" });
  expect(String(synced!.assignment)).toBe("mine");
});

test("requests for groups that do not exist, or have no name, say so", async () => {
  const { call } = setUp();
  const stranger = { groupId: "none", memberId: "m", generationId: 1 };
  expect((await call("SyncGroup", stranger, { version: 2 }))!.errorCode).toBe(code("UNKNOWN_MEMBER_ID"));
  expect((await call("Heartbeat", stranger))!.errorCode).toBe(code("UNKNOWN_MEMBER_ID"));
  expect((await call("LeaveGroup", { groupId: "none", memberId: "m" }, { version: 1 }))!.errorCode).toBe(code("UNKNOWN_MEMBER_ID"));
  const several = await call("LeaveGroup", { groupId: "none", members: [{ memberId: "m" }] });
  expect(several).toMatchObject({ errorCode: 0, members: [{ memberId: "m", errorCode: code("UNKNOWN_MEMBER_ID") }] });
  const nameless = { groupId: "", memberId: "m", generationId: 1 };
  expect((await call("SyncGroup", nameless, { version: 2 }))!.errorCode).toBe(code("INVALID_GROUP_ID"));
  expect((await call("Heartbeat", nameless))!.errorCode).toBe(code("INVALID_GROUP_ID"));
  expect((await call("LeaveGroup", { groupId: "", memberId: "m" }, { version: 1 }))!.errorCode).toBe(code("INVALID_GROUP_ID"));
});

test("groups are described and listed, by state and type where asked", async () => {
  const { call, joinAndSync } = setUp();
  const { memberId } = await joinAndSync();
  const described = (await call("DescribeGroups", { groups: ["g", "none"], includeAuthorizedOperations: true }))!.groups;
  expect(described[0]).toMatchObject({
    groupState: "Stable",
    protocolType: "consumer",
    protocolData: "range",
    members: [{ memberId, clientId: "test", clientHost: "/127.0.0.1", groupInstanceId: null }],
  });
  expect(String(described[0]!.members[0]!.memberAssignment)).toBe("everything");
  expect(described[1]).toMatchObject({ groupState: "Dead", errorCode: code("GROUP_ID_NOT_FOUND") });
  expect((await call("DescribeGroups", { groups: ["none"] }, { version: 5 }))!.groups[0]).toMatchObject({
    groupState: "Dead",
    errorCode: 0,
  });
  const list = async (filters: MessageInput<RequestTypes["ListGroups"]>) =>
    (await call("ListGroups", filters))!.groups.map(({ groupId }) => groupId);
  expect(await list({})).toEqual(["g"]);
  expect(await list({ statesFilter: ["stable"], typesFilter: ["Classic"] })).toEqual(["g"]);
  expect(await list({ statesFilter: ["Empty"] })).toEqual([]);
  expect(await list({ typesFilter: ["consumer"] })).toEqual([]);
});

test("a group is deleted when it is empty, and its offsets with it", async () => {
  const { call, engine, joinAndSync } = setUp();
  const { memberId, generationId } = await joinAndSync();
  const topics = [{ name: "t", partitions: [{ partitionIndex: 0, committedOffset: 3 }] }];
  await call("OffsetCommit", { groupId: "g", memberId, generationIdOrMemberEpoch: generationId, topics }, { version: 8 });
  const remove = async () => (await call("DeleteGroups", { groupsNames: ["g"] }))!.results[0]!.errorCode;
  expect(await remove()).toBe(code("NON_EMPTY_GROUP"));
  expect((await call("LeaveGroup", { groupId: "g", memberId }, { version: 0 }))!.errorCode).toBe(0);
  expect(engine.offsets("g")).toMatchObject([{ topic: "t", partition: 0, offset: 3, metadata: "" }]);
  expect(await remove()).toBe(0);
  expect(await remove()).toBe(code("GROUP_ID_NOT_FOUND"));
  expect([engine.offsets("g"), engine.groups()]).toEqual([[], []]);
});

test("offsets round-trip with their metadata, and what was never committed is -1", async () => {
  const { call } = setUp();
  const metadata = "ä".repeat(4_096);
  const partitions = [
    { partitionIndex: 0, committedOffset: 2 ** 52, committedLeaderEpoch: 0, committedMetadata: metadata },
    { partitionIndex: 1, committedOffset: 1, committedMetadata: `${metadata}x` },
    { partitionIndex: 2, committedOffset: 1 },
  ];
  const committed = await call(
    "OffsetCommit",
    {
      groupId: "g",
      topics: [
        { name: "t", partitions },
        { name: "absent", partitions },
      ],
    },
    { version: 8 },
  );
  expect(committed!.topics.map((topic) => topic.partitions.map(({ errorCode }) => errorCode))).toEqual([
    [0, code("OFFSET_METADATA_TOO_LARGE"), code("UNKNOWN_TOPIC_OR_PARTITION")],
    Array<number>(3).fill(code("UNKNOWN_TOPIC_OR_PARTITION")),
  ]);
  const asked = [{ name: "t", partitionIndexes: [0, 1] }];
  const known = { partitionIndex: 0, committedOffset: 2 ** 52, committedLeaderEpoch: 0, metadata, errorCode: 0 };
  const never = { partitionIndex: 1, committedOffset: -1, committedLeaderEpoch: -1, metadata: "", errorCode: 0 };
  expect((await call("OffsetFetch", { groupId: "g", topics: asked }, { version: 5 }))!.topics[0]!.partitions).toEqual([known, never]);
  expect((await call("OffsetFetch", { groupId: "g", topics: asked }, { version: 1 }))!.topics[0]!.partitions[0]!.metadata).toBe(metadata);
  const grouped = await call(
    "OffsetFetch",
    {
      groups: [
        { groupId: "g", topics: null },
        { groupId: "none", topics: null },
      ],
    },
    { version: 9 },
  );
  expect(grouped!.groups).toMatchObject([
    { groupId: "g", topics: [{ name: "t", partitions: [known] }] },
    { groupId: "none", topics: [] },
  ]);
  expect((await call("OffsetFetch", { groupId: "g", topics: null }, { version: 7 }))!.topics).toHaveLength(1);
});

test("offsets go by topic id from version 10 on", async () => {
  const { call } = setUp();
  const { topicId } = (await call("Metadata", { topics: [{ name: "t" }] }))!.topics[0]!;
  const unknown = "AAAAAAAAAAAAAAAAAAAAAQ";
  const partitions = [{ partitionIndex: 0, committedOffset: 7 }];
  const committed = await call("OffsetCommit", { groupId: "g", topics: [topicId, unknown].map((id) => ({ topicId: id, partitions })) });
  expect(committed!.topics.map((topic) => topic.partitions[0]!.errorCode)).toEqual([0, code("UNKNOWN_TOPIC_ID")]);
  const topics = [topicId, unknown].map((id) => ({ topicId: id, partitionIndexes: [0] }));
  const fetched = await call("OffsetFetch", { groups: [{ groupId: "g", topics }] });
  expect(fetched!.groups[0]!.topics.map((topic) => topic.partitions[0])).toMatchObject([
    { committedOffset: 7, errorCode: 0 },
    { committedOffset: -1, errorCode: code("UNKNOWN_TOPIC_ID") },
  ]);
});

test("only members of the generation commit for a group that has members", async () => {
  const { call, joinAndSync } = setUp();
  const { memberId, generationId } = await joinAndSync();
  const topics = [{ name: "t", partitions: [{ partitionIndex: 0, committedOffset: 1 }] }];
  const commit = async (body: MessageInput<RequestTypes["OffsetCommit"]>) =>
    (await call("OffsetCommit", { groupId: "g", topics, ...body }, { version: 8 }))!.topics[0]!.partitions[0]!.errorCode;
  expect(await commit({ memberId, generationIdOrMemberEpoch: generationId })).toBe(0);
  expect(await commit({ memberId, generationIdOrMemberEpoch: generationId - 1 })).toBe(code("ILLEGAL_GENERATION"));
  expect(await commit({ memberId: "stranger", generationIdOrMemberEpoch: generationId })).toBe(code("UNKNOWN_MEMBER_ID"));
  expect(await commit({})).toBe(code("UNKNOWN_MEMBER_ID"));
  expect(await commit({ groupId: "new", memberId: "m", generationIdOrMemberEpoch: 3 })).toBe(code("ILLEGAL_GENERATION"));
});

test("a member whose connection is lost stays until its session ends", async () => {
  const { clock, engine, joinAndSync } = setUp();
  await joinAndSync();
  engine.connectionClosed("test");
  expect(engine.groups()[0]!.state).toBe("Stable");
  await clock.advance(10_001);
  expect(engine.groups()[0]).toMatchObject({ state: "Empty", members: [], leader: "" });
});

test("closing the broker answers whoever waits in a group and leaves no timer", async () => {
  const { clock, engine, join, joinAndSync } = setUp();
  await joinAndSync();
  const waiting = join();
  await clock.advance(1);
  engine.close();
  engine.close();
  expect((await waiting).errorCode).toBe(code("COORDINATOR_NOT_AVAILABLE"));
  expect(clock.pending).toBe(0);
});
