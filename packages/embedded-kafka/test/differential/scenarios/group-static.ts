import { joinBody, newMember, stableMembers } from "../group-member.ts";
import type { Scenario } from "../scenario.ts";

export const groupStaticScenarios: readonly Scenario[] = [
  {
    name: "a static member needs no second step, and comes back without a rebalance",
    cases: [14],
    shows: ['"generationId":2', "FENCED_INSTANCE_ID"],
    async run(stage) {
      for (const version of [5, 7, 8, 9]) {
        const groupId = await stage.group(`static-${version}`);
        const [leader, fixed] = await stableMembers(stage, groupId, [{}, { version, instanceId: "fixed" }]);
        await stage.ask("described", "DescribeGroups", 4, { groups: [groupId] });
        const restarted = await newMember(stage, groupId, { version, instanceId: "fixed" });
        await restarted.join({}, "it comes back");
        await leader!.heartbeat("the leader hears nothing");
        await restarted.sync(undefined, "its share is still its own");
        await fixed!.heartbeat("the one before is fenced");
        await fixed!.sync(undefined, "the one before is fenced");
        await fixed!.leave("the one before is fenced");
        await restarted.heartbeat("the new one lives");
        await stage.ask("described", "DescribeGroups", 5, { groups: [groupId] });
      }
    },
  },
  {
    name: "a static leader comes back as the leader",
    cases: [14],
    shows: ['"skipAssignment":true', "FENCED_INSTANCE_ID"],
    async run(stage) {
      for (const version of [5, 8, 9]) {
        const groupId = await stage.group(`static-leader-${version}`);
        const [leader, follower] = await stableMembers(stage, groupId, [
          { version, instanceId: "boss" },
          { version, instanceId: "worker" },
        ]);
        const restarted = await newMember(stage, groupId, { version, instanceId: "boss" });
        await restarted.join({}, "the leader comes back");
        await restarted.sync(undefined, "its share");
        await follower!.heartbeat("the follower hears nothing");
        await leader!.heartbeat("the one before");
        await restarted.heartbeat("the new one");
        await stage.ask("described", "DescribeGroups", 5, { groups: [groupId] });
      }
    },
  },
  {
    name: "a static member that comes back with other protocols starts a rebalance",
    cases: [14],
    shows: ["REBALANCE_IN_PROGRESS"],
    async run(stage) {
      const groupId = await stage.group("static-changed");
      const both = [
        ["range", "r"],
        ["sticky", "s"],
      ] as const;
      const [leader] = await stableMembers(stage, groupId, [{ protocols: both }, { instanceId: "fixed", protocols: both }]);
      const restarted = await newMember(stage, groupId, { instanceId: "fixed", protocols: [["sticky", "s"]] });
      const joining = restarted.join();
      await stage.until(
        "the rebalance",
        () => leader!.heartbeat(),
        ({ errorCode }) => errorCode !== 0,
      );
      await leader!.heartbeat("the leader hears of it");
      await leader!.join({}, "the leader");
      stage.record("the static member", await joining);
    },
  },
  {
    name: "an instance id with somebody else's member id is fenced",
    cases: [14],
    shows: ["FENCED_INSTANCE_ID", "UNKNOWN_MEMBER_ID"],
    async run(stage) {
      const groupId = await stage.group("static-fenced");
      const [fixed, other] = await stableMembers(stage, groupId, [{ instanceId: "fixed" }, {}]);
      const generationId = fixed!.generation;
      for (const version of [5, 9]) {
        await stage.ask("join", "JoinGroup", version, joinBody(groupId, { version, instanceId: "fixed", memberId: other!.id }));
        await stage.ask(
          "join as a stranger",
          "JoinGroup",
          version,
          joinBody(groupId, { version, instanceId: "fixed", memberId: "stranger" }),
        );
        await stage.ask(
          "join as an unknown instance",
          "JoinGroup",
          version,
          joinBody(groupId, { version, instanceId: "nobody", memberId: "stranger" }),
        );
      }
      for (const version of [3, 4]) {
        await stage.ask("heartbeat", "Heartbeat", version, { groupId, generationId, memberId: other!.id, groupInstanceId: "fixed" });
        await stage.ask("heartbeat of an unknown instance", "Heartbeat", version, {
          groupId,
          generationId,
          memberId: fixed!.id,
          groupInstanceId: "nobody",
        });
        await stage.ask("heartbeat without the instance", "Heartbeat", version, { groupId, generationId, memberId: fixed!.id });
        await stage.ask("sync", "SyncGroup", version, { groupId, generationId, memberId: other!.id, groupInstanceId: "fixed" });
        await stage.ask("leave", "LeaveGroup", version, { groupId, members: [{ memberId: other!.id, groupInstanceId: "fixed" }] });
      }
      const topic = await stage.topic("static-offsets");
      for (const version of [7, 8, 9]) {
        await stage.ask("commit", "OffsetCommit", version, {
          groupId,
          generationIdOrMemberEpoch: generationId,
          memberId: other!.id,
          groupInstanceId: "fixed",
          topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, committedOffset: 1 }] }],
        });
      }
    },
  },
  {
    name: "a static member leaves by its instance id, not by going silent for a moment",
    cases: [14],
    shows: ["REBALANCE_IN_PROGRESS", "UNKNOWN_MEMBER_ID"],
    async run(stage) {
      const groupId = await stage.group("static-leave");
      const [leader, fixed] = await stableMembers(stage, groupId, [{}, { instanceId: "fixed" }]);
      fixed!.connection.close();
      await stage.settle();
      await leader!.heartbeat("its connection is gone, it is not");
      await stage.ask("an unknown instance leaves", "LeaveGroup", 4, { groupId, members: [{ memberId: "", groupInstanceId: "nobody" }] });
      await stage.ask("it leaves", "LeaveGroup", 4, { groupId, members: [{ memberId: "", groupInstanceId: "fixed" }] });
      await stage.ask("it leaves again", "LeaveGroup", 4, { groupId, members: [{ memberId: "", groupInstanceId: "fixed" }] });
      await leader!.heartbeat("now the leader hears of it");
    },
  },
];
