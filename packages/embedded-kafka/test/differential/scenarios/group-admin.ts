import { joinBody, newMember, stableMembers, untilRebalance } from "../group-member.ts";
import type { Scenario, Stage } from "../scenario.ts";

/** The groups of this scenario in an answer that has those of everybody. */
async function listed(
  stage: Stage,
  label: string,
  version: number,
  body: { readonly statesFilter?: readonly string[]; readonly typesFilter?: readonly string[] } = {},
): Promise<void> {
  const { errorCode, groups } = await stage.main.call("ListGroups", version, body);
  const mine = groups
    .filter(({ groupId }) => groupId.startsWith(stage.name("")))
    .sort((left, right) => (left.groupId < right.groupId ? -1 : 1));
  stage.record(`${label} (ListGroups v${version})`, { errorCode, groups: mine });
}

const describeVersions = [0, 3, 4, 5, 6];

export const groupAdminScenarios: readonly Scenario[] = [
  {
    name: "groups are described in each state",
    cases: [14],
    shows: ["Dead", "PreparingRebalance", "CompletingRebalance", "Stable", "Empty", "GROUP_ID_NOT_FOUND"],
    async run(stage) {
      const groupId = await stage.group("described");
      const describe = async (label: string) => {
        for (const version of describeVersions) await stage.ask(label, "DescribeGroups", version, { groups: [groupId] });
      };
      await describe("unknown");
      const leader = await newMember(stage, groupId);
      await leader.join();
      await describe("joined");
      await leader.sync();
      await describe("stable");
      const follower = await newMember(stage, groupId);
      const joining = follower.join();
      await untilRebalance(stage, leader);
      await describe("rebalancing");
      await leader.join();
      await joining;
      await describe("joined again");
      await Promise.all([leader.sync(), follower.sync()]);
      await describe("stable again");
      await follower.leave();
      await leader.leave();
      await describe("left");
      for (const version of describeVersions) {
        await stage.ask("several and none", "DescribeGroups", version, { groups: [stage.name("other"), groupId, groupId] });
        await stage.ask("none", "DescribeGroups", version, { groups: [] });
        if (version >= 3)
          await stage.ask("with operations", "DescribeGroups", version, {
            groups: [groupId, stage.name("other")],
            includeAuthorizedOperations: true,
          });
      }
    },
  },
  {
    name: "groups are listed by state and type",
    cases: [14],
    shows: ['"groupState":"Stable"', '"groupType":"classic"', "Empty"],
    async run(stage) {
      const topic = await stage.topic("listed");
      const stable = await stage.group("listed-stable");
      await stableMembers(stage, stable, [{}]);
      const left = await stage.group("listed-left");
      const [member] = await stableMembers(stage, left, [{}]);
      await member!.leave();
      const joined = await stage.group("listed-joined");
      await (await newMember(stage, joined)).join();
      const offsets = await stage.group("listed-offsets");
      await stage.main.call("OffsetCommit", 2, {
        groupId: offsets,
        generationIdOrMemberEpoch: -1,
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, committedOffset: 1 }] }],
      });
      const promised = await stage.group("listed-promised");
      await stage.main.call("JoinGroup", 4, joinBody(promised, { version: 4 }));
      for (let version = 0; version <= 5; version++) await listed(stage, "all", version);
      for (const version of [4, 5]) {
        for (const statesFilter of [
          ["Stable"],
          ["stable"],
          ["Empty", "CompletingRebalance"],
          ["Dead"],
          ["Nonsense"],
          ["PreparingRebalance"],
          [""],
        ]) {
          await listed(stage, `states ${statesFilter.join(" ")}`, version, { statesFilter });
        }
      }
      for (const typesFilter of [["classic"], ["Classic"], ["consumer"], ["nonsense"], ["classic", "consumer"]])
        await listed(stage, `types ${typesFilter.join(" ")}`, 5, { typesFilter });
      await listed(stage, "both", 5, { statesFilter: ["Stable"], typesFilter: ["classic"] });
    },
  },
  {
    name: "only empty groups are deleted",
    cases: [14],
    shows: ["NON_EMPTY_GROUP", "GROUP_ID_NOT_FOUND"],
    async run(stage) {
      const topic = await stage.topic("deleted-group");
      for (const version of [0, 1, 2]) {
        const groupId = await stage.group(`deleted-${version}`);
        const remove = (label: string, groupsNames: readonly string[]) => stage.ask(label, "DeleteGroups", version, { groupsNames });
        await remove("unknown", [groupId]);
        await remove("none", []);
        const promised = stage.name(`promised-${version}`);
        await stage.main.call("JoinGroup", 4, joinBody(promised, { version: 4 }));
        await remove("an id was given out", [promised]);
        const member = await newMember(stage, groupId);
        await member.join();
        await remove("joined", [groupId]);
        await member.sync();
        await remove("stable", [groupId]);
        await stage.main.call("OffsetCommit", 2, {
          groupId,
          generationIdOrMemberEpoch: member.generation,
          memberId: member.id,
          topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, committedOffset: 5 }] }],
        });
        await member.leave();
        await remove("left, with one that is unknown", [groupId, stage.name("unknown")]);
        await stage.ask("its offsets are gone", "OffsetFetch", 5, { groupId, topics: null });
        await remove("again", [groupId]);
        await remove("twice in one request", [groupId, groupId]);
      }
    },
  },
  {
    name: "members leave, one or several at once",
    cases: [14],
    shows: ["UNKNOWN_MEMBER_ID", '"groupState":"Empty"', "INVALID_GROUP_ID"],
    async run(stage) {
      for (const version of [0, 1, 2, 3, 4, 5]) {
        const groupId = await stage.group(`left-${version}`);
        const [leader, follower] = await stableMembers(stage, groupId, [{}, {}]);
        const leave = (label: string, group: string, memberIds: readonly string[]) =>
          stage.ask(label, "LeaveGroup", version, {
            groupId: group,
            ...(version >= 3
              ? { members: memberIds.map((memberId) => ({ memberId, ...(version >= 5 && { reason: "because" }) })) }
              : { memberId: memberIds[0] ?? "" }),
          });
        await leave("no group id", "", [leader!.id]);
        await leave("an unknown group", stage.name("unknown"), ["stranger"]);
        await leave("an unknown member", groupId, ["stranger"]);
        await leave("no member id", groupId, [""]);
        const promised = await stage.main.call("JoinGroup", 4, joinBody(groupId, { version: 4 }));
        await leave("an id that was given out", groupId, [promised.memberId]);
        await leader!.heartbeat("nothing has happened");
        if (version >= 3) {
          await leave("nobody", groupId, []);
          await leave("a stranger and one that is there", groupId, ["stranger", follower!.id]);
        } else await leave("one", groupId, [follower!.id]);
        await leader!.heartbeat("the other has gone");
        await leave("the one that has gone", groupId, [follower!.id]);
        await leave("the last", groupId, [leader!.id]);
        await stage.ask("described", "DescribeGroups", 4, { groups: [groupId] });
      }
    },
  },
];
