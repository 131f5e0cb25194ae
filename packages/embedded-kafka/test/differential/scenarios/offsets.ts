import { newMember, stableMembers, untilRebalance } from "../group-member.ts";
import type { Scenario, Stage, StagedTopic } from "../scenario.ts";

interface Commit {
  readonly version?: number;
  readonly memberId?: string;
  readonly generation?: number;
  readonly instanceId?: string;
  readonly partitions?: readonly {
    readonly partitionIndex: number;
    readonly committedOffset: number;
    readonly committedMetadata?: string | null;
    readonly committedLeaderEpoch?: number;
  }[];
}

function commit(stage: Stage, label: string, groupId: string, topic: StagedTopic, options: Commit = {}) {
  const { version = 7, memberId = "", generation = -1, instanceId, partitions = [{ partitionIndex: 0, committedOffset: 5 }] } = options;
  return stage.ask(label, "OffsetCommit", version, {
    groupId,
    memberId,
    generationIdOrMemberEpoch: generation,
    ...(instanceId !== undefined && { groupInstanceId: instanceId }),
    topics: [{ ...(version >= 10 ? { topicId: topic.id } : { name: topic.name }), partitions }],
  });
}

/** The part that both forms of an answer have. */
interface AnsweredTopic {
  readonly name: string;
  readonly topicId?: string;
  readonly partitions: readonly { readonly committedOffset: number }[];
}

/** Fetches in the form of the version: one group, or a list of them. */
function fetch(
  stage: Stage,
  label: string,
  version: number,
  groupId: string,
  topic: StagedTopic | null,
  partitionIndexes: readonly number[] = [0],
) {
  const topics = topic === null ? null : [{ ...(version >= 10 ? { topicId: topic.id } : { name: topic.name }), partitionIndexes }];
  return stage.ask(label, "OffsetFetch", version, version >= 8 ? { groups: [{ groupId, topics }] } : { groupId, topics });
}

const strangerId = "AAAAAAAAAAAAAAAAAAAAQQ";

export const offsetScenarios: readonly Scenario[] = [
  {
    name: "offsets are committed and fetched in every version, with metadata and leader epoch",
    cases: [3, 12],
    shows: ['"committedOffset":42', '"metadata":"a note"', '"committedLeaderEpoch":7'],
    async run(stage) {
      const topic = await stage.topic("committed", { partitions: 2 });
      for (let version = 2; version <= 10; version++) {
        const groupId = await stage.group(`committed-${version}`);
        await commit(stage, "committed", groupId, topic, {
          version,
          partitions: [
            { partitionIndex: 0, committedOffset: 42, committedMetadata: "a note", ...(version >= 6 && { committedLeaderEpoch: 7 }) },
            { partitionIndex: 1, committedOffset: 0, committedMetadata: null },
          ],
        });
        for (const wanted of [1, 2, 4, 5, 7, 8, 9, 10]) await fetch(stage, "fetched", wanted, groupId, topic, [1, 0]);
      }
    },
  },
  {
    name: "what cannot be committed",
    cases: [12, 16],
    shows: ["OFFSET_METADATA_TOO_LARGE", "UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_ID"],
    async run(stage) {
      const topic = await stage.topic("refused", { partitions: 2 });
      const groupId = await stage.group("refused");
      const absent = { name: stage.name("absent"), id: strangerId };
      for (const version of [2, 7, 8, 10]) {
        for (const size of [4_096, 4_097]) {
          await commit(stage, `${size} characters of metadata`, groupId, topic, {
            version,
            partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "x".repeat(size) }],
          });
        }
        await commit(stage, "4096 characters of two bytes", groupId, topic, {
          version,
          partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "é".repeat(4_096) }],
        });
        await commit(stage, "an unknown topic", groupId, absent, { version });
        await commit(stage, "an unknown partition and a known one", groupId, topic, {
          version,
          partitions: [2, 1].map((partitionIndex) => ({ partitionIndex, committedOffset: 1 })),
        });
        await commit(stage, "a negative offset", groupId, topic, { version, partitions: [{ partitionIndex: 1, committedOffset: -5 }] });
        await commit(stage, "no group id", "", topic, { version });
        await commit(stage, "no partitions", groupId, topic, { version, partitions: [] });
        await stage.ask("no topics", "OffsetCommit", version, { groupId, generationIdOrMemberEpoch: -1, topics: [] });
      }
      await stage.ask("the group without an id goes", "DeleteGroups", 2, { groupsNames: [""] });
      await fetch(stage, "what was", 7, groupId, topic, [0, 1]);
    },
  },
  {
    name: "who may commit: members of the generation, and anybody while the group is empty",
    cases: [12, 14],
    shows: ["ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "REBALANCE_IN_PROGRESS"],
    async run(stage) {
      const topic = await stage.topic("allowed");
      for (const version of [2, 7, 9]) {
        const groupId = await stage.group(`allowed-${version}`);
        await commit(stage, "an unknown group with a generation", groupId, topic, { version, memberId: "stranger", generation: 1 });
        await commit(stage, "an unknown group with a member", groupId, topic, { version, memberId: "stranger" });
        await commit(stage, "an unknown group", groupId, topic, { version });
        const leader = await newMember(stage, groupId);
        await leader.join();
        const { id: memberId, generation } = leader;
        await commit(stage, "before the shares are there", groupId, topic, { version, memberId, generation });
        await leader.sync();
        await commit(stage, "a member", groupId, topic, { version, memberId, generation });
        await commit(stage, "a stranger", groupId, topic, { version, memberId: "stranger", generation });
        await commit(stage, "an old generation", groupId, topic, { version, memberId, generation: generation - 1 });
        await commit(stage, "a future generation", groupId, topic, { version, memberId, generation: generation + 1 });
        await commit(stage, "a member without generation", groupId, topic, { version, memberId });
        await commit(stage, "nobody, while there are members", groupId, topic, { version });
        await commit(stage, "nobody, with the generation", groupId, topic, { version, generation });
        if (version >= 7)
          await commit(stage, "an unknown instance", groupId, topic, { version, memberId, generation, instanceId: "nobody" });
        const follower = await newMember(stage, groupId);
        const joining = follower.join();
        await untilRebalance(stage, leader);
        await commit(stage, "during the rebalance", groupId, topic, { version, memberId, generation });
        await Promise.all([joining, leader.join()]);
        await commit(stage, "with the generation before", groupId, topic, { version, memberId, generation });
        await commit(stage, "with the new one before the shares are there", groupId, topic, {
          version,
          memberId,
          generation: leader.generation,
        });
        await Promise.all([leader.sync(), follower.sync()]);
        await follower.leave();
        await leader.leave();
        await commit(stage, "a member that has left", groupId, topic, { version, memberId, generation: leader.generation });
        await commit(stage, "nobody, after all have left", groupId, topic, { version });
        await commit(
          stage,
          "an unknown topic from a stranger",
          groupId,
          { name: stage.name("absent"), id: strangerId },
          { version, memberId: "stranger", generation: 99 },
        );
      }
    },
  },
  {
    name: "all offsets of a group, none of an unknown one, and those that were never committed",
    cases: [12],
    shows: ['"committedOffset":-1', '"topics":[]'],
    async run(stage) {
      const [first, second] = [await stage.topic("all-1", { partitions: 3 }), await stage.topic("all-2")];
      const groupId = await stage.group("all");
      const unknown = await stage.group("unknown");
      await commit(stage, "two partitions", groupId, first, {
        partitions: [2, 0].map((partitionIndex) => ({ partitionIndex, committedOffset: partitionIndex + 1 })),
      });
      await commit(stage, "another topic", groupId, second);
      const absent = { name: stage.name("absent"), id: strangerId };
      for (const version of [1, 2, 5, 7, 8, 9, 10]) {
        if (version >= 2) {
          const answer = await stage.main.call(
            "OffsetFetch",
            version,
            version >= 8 ? { groups: [{ groupId, topics: null }] } : { groupId, topics: null },
          );
          const topics: readonly AnsweredTopic[] = answer.groups[0]?.topics ?? answer.topics;
          const flat = topics.flatMap(({ name, topicId = "", partitions }) =>
            partitions.map((partition) => ({ name, topicId, ...partition })),
          );
          const sorted = flat.sort((left, right) => left.committedOffset - right.committedOffset);
          stage.record(`all v${version}`, { topics: topics.length, sorted, errorCode: answer.errorCode });
          await fetch(stage, "all of an unknown group", version, unknown, null);
        }
        await fetch(stage, "some", version, groupId, first, [0, 1, 2, 7]);
        await fetch(stage, "an unknown topic", version, groupId, absent);
        await fetch(stage, "an unknown group", version, unknown, first);
        await fetch(stage, "no group id", version, "", first);
        await fetch(stage, "no partitions", version, groupId, first, []);
      }
    },
  },
  {
    name: "offsets of several groups, stable ones, and those of a member",
    cases: [12],
    shows: ['"groupId"', '"committedOffset":5'],
    async run(stage) {
      const topic = await stage.topic("several");
      const groups = [await stage.group("several-1"), await stage.group("several-2")];
      await commit(stage, "one", groups[0]!, topic);
      for (const requireStable of [false, true]) {
        await stage.ask(`stable ${requireStable}`, "OffsetFetch", 7, {
          groupId: groups[0]!,
          topics: [{ name: topic.name, partitionIndexes: [0] }],
          requireStable,
        });
        for (const version of [8, 9]) {
          await stage.ask(`two groups, stable ${requireStable}`, "OffsetFetch", version, {
            groups: groups.map((groupId) => ({ groupId, topics: [{ name: topic.name, partitionIndexes: [0] }] })),
            requireStable,
          });
          await stage.ask("no group", "OffsetFetch", version, { groups: [], requireStable });
        }
      }
      const [member] = await stableMembers(stage, groups[0]!, [{}]);
      for (const [label, memberId, memberEpoch] of [
        ["its member", member!.id, member!.generation],
        ["its member with another epoch", member!.id, 99],
        ["a stranger", "stranger", 1],
        ["nobody", null, -1],
      ] as const) {
        await stage.ask(label, "OffsetFetch", 9, {
          groups: [{ groupId: groups[0]!, memberId, memberEpoch, topics: [{ name: topic.name, partitionIndexes: [0] }] }],
        });
      }
    },
  },
  {
    name: "the offsets of a topic go with it",
    cases: [12, 16],
    shows: ['"committedOffset":5', '"committedOffset":-1'],
    async run(stage) {
      const topic = await stage.topic("gone");
      const groupId = await stage.group("of-a-gone-topic");
      await commit(stage, "committed", groupId, topic);
      await fetch(stage, "there", 7, groupId, topic);
      await stage.ask("deleted", "DeleteTopics", 5, { topicNames: [topic.name], timeoutMs: 10_000 });
      await stage.until(
        "the offsets to go",
        () => stage.main.call("OffsetFetch", 5, { groupId, topics: [{ name: topic.name, partitionIndexes: [0] }] }),
        ({ topics }) => topics[0]!.partitions[0]!.committedOffset === -1,
      );
      for (const version of [1, 7, 9, 10]) {
        await fetch(stage, "gone", version, groupId, topic);
        if (version > 1) await fetch(stage, "all", version, groupId, null);
      }
    },
  },
];
