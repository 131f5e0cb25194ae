import { encodeVersionedMessage } from "@millrace/protocol";
import type { Scenario, Stage, StagedTopic } from "../scenario.ts";

async function commit(stage: Stage, groupId: string, topic: StagedTopic, partitions: readonly number[]): Promise<void> {
  await stage.main.call("OffsetCommit", 7, {
    groupId,
    generationIdOrMemberEpoch: -1,
    memberId: "",
    topics: [
      {
        name: topic.name,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex, committedOffset: partitionIndex + 1, committedMetadata: "" })),
      },
    ],
  });
}

function remove(stage: Stage, label: string, groupId: string, topics: readonly (readonly [name: string, partitions: readonly number[]])[]) {
  return stage.ask(label, "OffsetDelete", 0, {
    groupId,
    topics: topics.map(([name, partitions]) => ({ name, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) })),
  });
}

const left = (stage: Stage, groupId: string, topics: readonly StagedTopic[], partitionIndexes: readonly number[] = [0]) =>
  stage.ask("what is left", "OffsetFetch", 5, { groupId, topics: topics.map(({ name }) => ({ name, partitionIndexes })) });

/** Somebody who is alone in a group. */
async function joinAlone(stage: Stage, groupId: string, protocolType: string, metadata: Buffer) {
  const joined = await stage.main.call("JoinGroup", 3, {
    groupId,
    memberId: "",
    protocolType,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 10_000,
    protocols: [{ name: "range", metadata }],
  });
  const { memberId, generationId } = joined;
  const assignments = [{ memberId, assignment: Buffer.alloc(0) }];
  return {
    sync: () => stage.main.call("SyncGroup", 2, { groupId, generationId, memberId, assignments }),
    leave: () => stage.main.call("LeaveGroup", 2, { groupId, memberId }),
  };
}

export const offsetDeleteScenarios: readonly Scenario[] = [
  {
    name: "offsets of an empty group are deleted one by one, and with the last one the group",
    shows: ["GROUP_ID_NOT_FOUND", "UNKNOWN_TOPIC_OR_PARTITION", '"committedOffset":2'],
    async run(stage) {
      const topic = await stage.topic("deleted-offsets", { partitions: 3 });
      const groupId = await stage.group("deleted-offsets");
      await remove(stage, "an unknown group", stage.name("absent"), [[topic.name, [0]]]);
      await remove(stage, "no group", "", [[topic.name, [0]]]);
      await remove(stage, "an unknown group and topic", stage.name("absent"), [[stage.name("absent"), [0]]]);
      await commit(stage, groupId, topic, [0, 1, 2]);
      await remove(stage, "an unknown topic", groupId, [[stage.name("absent"), [0]]]);
      await remove(stage, "an unknown partition", groupId, [[topic.name, [7]]]);
      await remove(stage, "nothing", groupId, []);
      await remove(stage, "no partitions", groupId, [[topic.name, []]]);
      await remove(stage, "known and unknown", groupId, [
        [topic.name, [7, 0]],
        [stage.name("absent"), [0]],
      ]);
      await left(stage, groupId, [topic], [0, 1, 2]);
      await remove(stage, "again", groupId, [[topic.name, [0]]]);
      await remove(stage, "twice", groupId, [[topic.name, [2, 2]]]);
      await left(stage, groupId, [topic], [0, 1, 2]);
      await remove(stage, "the last", groupId, [[topic.name, [1]]]);
      await left(stage, groupId, [topic], [0, 1, 2]);
      await stage.ask("the group", "DescribeGroups", 5, { groups: [groupId] });
    },
  },
  {
    name: "offsets of subscribed topics stay, those of others may go",
    shows: ["GROUP_SUBSCRIBED_TO_TOPIC", "NON_EMPTY_GROUP"],
    async run(stage) {
      const read = await stage.topic("read");
      const other = await stage.topic("not-read");
      const groupId = await stage.group("subscribed");
      await commit(stage, groupId, read, [0]);
      await commit(stage, groupId, other, [0]);
      const subscription = encodeVersionedMessage("ConsumerProtocolSubscription", 1, {
        topics: [read.name],
        userData: null,
        ownedPartitions: [],
      });
      const member = await joinAlone(stage, groupId, "consumer", subscription);
      await remove(stage, "while it completes", groupId, [
        [read.name, [0]],
        [other.name, [0]],
      ]);
      await left(stage, groupId, [read, other]);
      await member.sync();
      await remove(stage, "while it is stable", groupId, [
        [read.name, [0]],
        [other.name, [0]],
      ]);
      await left(stage, groupId, [read, other]);
      await member.leave();
      await remove(stage, "when all have left", groupId, [[read.name, [0]]]);
      await left(stage, groupId, [read, other]);

      const strangers = await stage.group("strangers");
      await commit(stage, strangers, read, [0]);
      const stranger = await joinAlone(stage, strangers, "connect", Buffer.from("x"));
      await stranger.sync();
      await remove(stage, "of a group that is not of consumers", strangers, [[read.name, [0]]]);
      await stranger.leave();
      await remove(stage, "of such a group when it is empty", strangers, [[read.name, [0]]]);
    },
  },
];
