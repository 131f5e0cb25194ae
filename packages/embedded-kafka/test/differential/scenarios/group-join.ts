import { joinBody, longSessionMs, newMember, stableMembers, untilRebalance } from "../group-member.ts";
import type { Scenario } from "../scenario.ts";

export const groupJoinScenarios: readonly Scenario[] = [
  {
    name: "a first member joins in every version, with a member id of its own from version 4 on",
    cases: [3, 14],
    shows: ["MEMBER_ID_REQUIRED", '"generationId":1', "scenario-id-1"],
    async run(stage) {
      for (let version = 0; version <= 9; version++) {
        const groupId = await stage.group(`first-${version}`);
        const first = await stage.ask("without an id", "JoinGroup", version, joinBody(groupId, { version }));
        const { memberId } = first;
        if (version >= 4) await stage.ask("with the id", "JoinGroup", version, joinBody(groupId, { version, memberId }));
        const generationId = 1;
        const names = { protocolType: "consumer", protocolName: "range" };
        for (let sync = 0; sync <= 5; sync++) {
          await stage.ask("its share", "SyncGroup", sync, {
            groupId,
            memberId,
            generationId,
            ...(sync >= 5 && names),
            assignments: [{ memberId, assignment: Buffer.from("all of it") }],
          });
        }
        for (let beat = 0; beat <= 4; beat++) await stage.ask("alive", "Heartbeat", beat, { groupId, memberId, generationId });
        await stage.ask("gone", "LeaveGroup", 1, { groupId, memberId });
      }
    },
  },
  {
    name: "joins that cannot be",
    cases: [14],
    shows: ["INVALID_GROUP_ID", "UNKNOWN_MEMBER_ID", "INVALID_SESSION_TIMEOUT", "INCONSISTENT_GROUP_PROTOCOL"],
    async run(stage) {
      const groupId = await stage.group("impossible");
      for (const version of [0, 3, 4, 5, 7, 9]) {
        await stage.ask("no group id", "JoinGroup", version, joinBody("", { version }));
        await stage.ask("an id that nobody gave out", "JoinGroup", version, joinBody(groupId, { version, memberId: "stranger" }));
        await stage.ask(
          "an id in an unknown group",
          "JoinGroup",
          version,
          joinBody(stage.name("unknown"), { version, memberId: "stranger" }),
        );
        for (const sessionTimeoutMs of [-1, 0, stage.shortestSessionMs - 1, 1_800_001]) {
          const label = sessionTimeoutMs > 0 && sessionTimeoutMs < 1_800_000 ? "just too short" : String(sessionTimeoutMs);
          await stage.ask(`session ${label}`, "JoinGroup", version, joinBody(groupId, { version, sessionTimeoutMs }));
        }
        await stage.ask("no protocols", "JoinGroup", version, joinBody(stage.name(`no-protocols-${version}`), { version, protocols: [] }));
        await stage.ask(
          "no protocol type",
          "JoinGroup",
          version,
          joinBody(stage.name(`no-type-${version}`), { version, protocolType: "" }),
        );
      }
      for (const version of [0, 5]) {
        const shortest = await stage.group(`shortest-${version}`);
        const { memberId } = await stage.ask(
          "the shortest session",
          "JoinGroup",
          version,
          joinBody(shortest, { version, sessionTimeoutMs: stage.shortestSessionMs, protocolType: "", protocols: [] }),
        );
        stage.record("its id", { memberId });
        await stage.ask("the longest session", "JoinGroup", 3, joinBody(shortest, { version: 3, sessionTimeoutMs: 1_800_000 }));
      }
    },
  },
  {
    name: "a member must offer a protocol that all members have, of the group's type",
    cases: [14],
    shows: ["INCONSISTENT_GROUP_PROTOCOL"],
    async run(stage) {
      const groupId = await stage.group("inconsistent");
      await stableMembers(stage, groupId, [
        {
          protocols: [
            ["range", "r"],
            ["sticky", "s"],
          ],
        },
      ]);
      for (const version of [3, 4, 5, 9]) {
        await stage.ask("another protocol", "JoinGroup", version, joinBody(groupId, { version, protocols: [["roundrobin", ""]] }));
        await stage.ask("another type", "JoinGroup", version, joinBody(groupId, { version, protocolType: "connect" }));
        await stage.ask("no protocol", "JoinGroup", version, joinBody(groupId, { version, protocols: [] }));
        await stage.ask("no type", "JoinGroup", version, joinBody(groupId, { version, protocolType: "" }));
      }
    },
  },
  {
    name: "the protocol that most members prefer is chosen among those that all have",
    cases: [14],
    shows: ['"protocolName":"b"'],
    async run(stage) {
      const groupId = await stage.group("votes");
      const all = [
        [
          ["a", "1a"],
          ["b", "1b"],
          ["c", "1c"],
        ],
        [
          ["b", "2b"],
          ["a", "2a"],
        ],
        [
          ["b", "3b"],
          ["c", "3c"],
          ["a", "3a"],
        ],
      ] as const;
      const members = await stableMembers(
        stage,
        groupId,
        all.map((protocols) => ({ protocols, version: 7 })),
      );
      await stage.ask("described", "DescribeGroups", 5, { groups: [groupId] });
      const joining = members[0]!.join({}, "the leader again");
      for (const member of members.slice(1)) await untilRebalance(stage, member);
      const answers = await Promise.all([joining, ...members.slice(1).map((member) => member.join())]);
      for (const answer of answers.slice(1)) stage.record("a follower", answer);
    },
  },
  {
    name: "the leader gets all members with their metadata, and every member its share",
    cases: [14],
    shows: ['"assignment":"share 1"', "REBALANCE_IN_PROGRESS"],
    async run(stage) {
      const groupId = await stage.group("shares");
      const leader = await newMember(stage, groupId, { protocols: [["range", "metadata of the leader"]], version: 7 });
      await leader.join({}, "the first joins");
      await leader.sync(undefined, "it has all");
      const follower = await newMember(stage, groupId, { protocols: [["range", "metadata of the follower"]], version: 7 });
      const joining = follower.join();
      await untilRebalance(stage, leader);
      await leader.heartbeat("the leader hears of the rebalance");
      await leader.sync(undefined, "the leader cannot sync now");
      await leader.join({}, "the leader joins again");
      stage.record("the follower has joined", await joining);
      const syncing = follower.sync();
      await stage.settle();
      await leader.heartbeat("a heartbeat while shares are missing");
      await leader.sync({ [leader.id]: "share 0", [follower.id]: "share 1" }, "the leader's share");
      stage.record("the follower's share", await syncing);
      await follower.sync(undefined, "the follower asks again");
      await leader.sync({ [leader.id]: "another" }, "the leader asks again and cannot change it");
      await follower.heartbeat("stable");
      await stage.ask("described", "DescribeGroups", 5, { groups: [groupId] });
    },
  },
  {
    name: "a member that the leader forgets gets an empty share",
    cases: [14],
    shows: ['"assignment":""'],
    async run(stage) {
      const groupId = await stage.group("forgotten");
      const [leader, follower] = await stableMembers(stage, groupId, [{}, {}]);
      const joining = leader!.join();
      await untilRebalance(stage, follower!);
      await Promise.all([joining, follower!.join()]);
      await stage.ask(
        "shares for one and for a stranger",
        "SyncGroup",
        3,
        {
          groupId,
          generationId: leader!.generation,
          memberId: leader!.id,
          assignments: [
            { memberId: leader!.id, assignment: Buffer.from("mine") },
            { memberId: "stranger", assignment: Buffer.from("whose") },
          ],
        },
        leader!.connection,
      );
      await follower!.sync(undefined, "the follower's");
    },
  },
  {
    name: "syncs that cannot be",
    cases: [14],
    shows: ["UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION", "INCONSISTENT_GROUP_PROTOCOL", "INVALID_GROUP_ID"],
    async run(stage) {
      const groupId = await stage.group("bad-sync");
      const [member] = await stableMembers(stage, groupId, [{}]);
      const empty = await stage.group("bad-sync-empty");
      const { id: memberId, generation: generationId } = member!;
      for (const version of [0, 3, 5]) {
        const names = version >= 5 ? { protocolType: "consumer", protocolName: "range" } : {};
        const sync = (label: string, body: object) =>
          stage.ask(label, "SyncGroup", version, { groupId, memberId, generationId, ...names, ...body });
        await sync("good", {});
        await sync("no group id", { groupId: "" });
        await sync("an unknown group", { groupId: empty });
        await sync("an unknown member", { memberId: "stranger" });
        await sync("no member", { memberId: "" });
        await sync("an old generation", { generationId: generationId - 1 });
        await sync("a future generation", { generationId: generationId + 1 });
        await sync("no generation", { generationId: -1 });
        if (version < 5) continue;
        await sync("another type", { protocolType: "connect" });
        await sync("another protocol", { protocolName: "roundrobin" });
        await sync("no type and protocol", { protocolType: null, protocolName: null });
        await sync("no protocol", { protocolName: null });
      }
    },
  },
  {
    name: "heartbeats that cannot be",
    cases: [14],
    shows: ["UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION", "INVALID_GROUP_ID"],
    async run(stage) {
      const groupId = await stage.group("bad-heartbeat");
      const [member] = await stableMembers(stage, groupId, [{}]);
      const { id: memberId, generation: generationId } = member!;
      const promised = await stage.main.call("JoinGroup", 4, joinBody(groupId, { version: 4 }));
      for (const version of [0, 3, 4]) {
        const beat = (label: string, body: object) => stage.ask(label, "Heartbeat", version, { groupId, memberId, generationId, ...body });
        await beat("good", {});
        await beat("no group id", { groupId: "" });
        await beat("an unknown group", { groupId: stage.name("unknown") });
        await beat("an unknown member", { memberId: "stranger" });
        await beat("no member", { memberId: "" });
        await beat("an old generation", { generationId: generationId - 1 });
        await beat("a future generation", { generationId: generationId + 1 });
        await beat("no generation", { generationId: -1 });
        await beat("an id that was given out and has not joined", { memberId: promised.memberId });
        if (version >= 3) await beat("an unknown instance", { groupInstanceId: "nobody" });
      }
    },
  },
  {
    name: "the leader's rejoin starts a rebalance, a follower's only with other metadata",
    cases: [14],
    shows: ['"generationId":3', "REBALANCE_IN_PROGRESS"],
    async run(stage) {
      const groupId = await stage.group("rejoin");
      const [leader, follower] = await stableMembers(stage, groupId, [{}, {}]);
      await follower!.join({}, "the follower with the same metadata");
      await leader!.heartbeat("nothing has happened");
      const again = leader!.join({ protocols: [["range", "metadata"]] });
      await untilRebalance(stage, follower!);
      await follower!.heartbeat("the leader has asked for a rebalance");
      await follower!.join({}, "the follower comes");
      stage.record("the leader has it", await again);
      await Promise.all([leader!.sync(), follower!.sync()]);
      const changed = follower!.join({ protocols: [["range", "other metadata"]] });
      await untilRebalance(stage, leader!);
      await leader!.join({}, "the leader comes");
      stage.record("the follower with other metadata", await changed);
      await follower!.join({ protocols: [["range", "other metadata"]] }, "a join again before the shares are there");
      await leader!.heartbeat("still the same generation");
      await Promise.all([leader!.sync(), follower!.sync()]);
      await leader!.heartbeat("stable");
    },
  },
  {
    name: "a member that does not come to the rebalance is out",
    cases: [14],
    shows: ["UNKNOWN_MEMBER_ID"],
    async run(stage) {
      const groupId = await stage.group("late");
      const [leader, late] = await stableMembers(stage, groupId, [{ rebalanceTimeoutMs: 500 }, { rebalanceTimeoutMs: 500 }]);
      stage.record("the leader waits for the rebalance time-out", await leader!.join());
      await late!.heartbeat("the late one");
      await late!.sync(undefined, "the late one");
      stage.record("its join", await stage.main.call("JoinGroup", 5, joinBody(groupId, { memberId: late!.id })));
      await leader!.sync(undefined, "the leader goes on");
      await stage.ask("described", "DescribeGroups", 4, { groups: [groupId] });
    },
  },
  {
    name: "a member without heartbeats is out when its session ends",
    cases: [14],
    shows: ["UNKNOWN_MEMBER_ID", '"groupState":"Empty"'],
    async run(stage) {
      const groupId = await stage.group("expired");
      const sessionTimeoutMs = stage.shortestSessionMs;
      const [silent] = await stableMembers(stage, groupId, [{ sessionTimeoutMs }]);
      await stage.until(
        "the session to end",
        () => stage.main.call("DescribeGroups", 4, { groups: [groupId] }),
        ({ groups }) => groups[0]!.members.length === 0,
      );
      await stage.ask("described", "DescribeGroups", 4, { groups: [groupId] });
      await silent!.heartbeat("too late");
      await silent!.leave("too late");
      const [next] = await stableMembers(stage, groupId, [{ sessionTimeoutMs: longSessionMs }]);
      stage.record("the next one", { memberId: next!.id, generation: next!.generation });
    },
  },
  {
    name: "the others rebalance when a member's session ends",
    cases: [14],
    shows: ["REBALANCE_IN_PROGRESS", '"generationId":3'],
    async run(stage) {
      const groupId = await stage.group("survivor");
      const [leader, survivor] = await stableMembers(stage, groupId, [{ sessionTimeoutMs: 2 * stage.shortestSessionMs }, {}]);
      await untilRebalance(stage, survivor!);
      await survivor!.heartbeat("the survivor hears of it");
      await survivor!.join({}, "it leads");
      await survivor!.sync(undefined, "and has all");
      await leader!.heartbeat("the silent one");
    },
  },
];
