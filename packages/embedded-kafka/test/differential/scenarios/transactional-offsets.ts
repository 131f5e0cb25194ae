import type { Scenario } from "../scenario.ts";
import { addOffsets, addPartitions, commitOffset, end, newEnd, openTransactional, whereIs } from "../transaction-steps.ts";

export const transactionalOffsetsScenarios: readonly Scenario[] = [
  {
    name: "offsets of a transaction count when it commits, and not before",
    cases: [12],
    shows: ["UNSTABLE_OFFSET_COMMIT", '"committedOffset":7', '"committedOffset":1'],
    async run(stage) {
      const topic = await stage.topic("source", { partitions: 3 });
      const groupId = await stage.group("moved");
      const producer = await openTransactional(stage, "moves");
      await stage.ask("plain", "OffsetCommit", 7, {
        groupId,
        generationIdOrMemberEpoch: -1,
        topics: [
          {
            name: topic.name,
            partitions: [{ partitionIndex: 0, committedOffset: 1, committedLeaderEpoch: 0, committedMetadata: "before" }],
          },
        ],
      });
      await addOffsets(stage, producer, groupId);
      await commitOffset(stage, producer, groupId, topic, 7, { partitions: [0, 1], metadata: "inside" });
      await whereIs(stage, groupId, topic, [0, 1, 2]);
      await end(stage, producer, true);
      await whereIs(stage, groupId, topic, [0, 1, 2]);
      await addOffsets(stage, producer, groupId);
      await commitOffset(stage, producer, groupId, topic, 9, { partitions: [0, 2] });
      await whereIs(stage, groupId, topic, [0, 1, 2]);
      await end(stage, producer, false);
      await whereIs(stage, groupId, topic, [0, 1, 2]);
    },
  },
  {
    name: "a plain commit during a transaction counts more than the transaction's earlier one",
    cases: [12],
    shows: ['"committedOffset":20', '"committedOffset":31'],
    async run(stage) {
      const topic = await stage.topic("source");
      const groupId = await stage.group("raced");
      const producer = await openTransactional(stage, "races");
      const plain = (committedOffset: number) =>
        stage.ask("plain", "OffsetCommit", 7, {
          groupId,
          generationIdOrMemberEpoch: -1,
          topics: [
            { name: topic.name, partitions: [{ partitionIndex: 0, committedOffset, committedLeaderEpoch: 0, committedMetadata: "plain" }] },
          ],
        });
      await addOffsets(stage, producer, groupId);
      await commitOffset(stage, producer, groupId, topic, 10);
      await plain(20);
      await whereIs(stage, groupId, topic);
      await end(stage, producer, true);
      await whereIs(stage, groupId, topic);
      await addOffsets(stage, producer, groupId);
      await plain(30);
      await commitOffset(stage, producer, groupId, topic, 5);
      await commitOffset(stage, producer, groupId, topic, 31);
      await end(stage, producer, true);
      await whereIs(stage, groupId, topic);
    },
  },
  {
    name: "of two transactions' offsets the one that was sent later counts, whichever ends first",
    cases: [12],
    shows: ['"committedOffset":41', "UNSTABLE_OFFSET_COMMIT"],
    async run(stage) {
      const topic = await stage.topic("source");
      const groupId = await stage.group("crossed");
      const first = await openTransactional(stage, "first");
      const second = await openTransactional(stage, "second");
      for (const producer of [first, second]) await addOffsets(stage, producer, groupId);
      await commitOffset(stage, first, groupId, topic, 40);
      await commitOffset(stage, second, groupId, topic, 41);
      await end(stage, second, true);
      await whereIs(stage, groupId, topic);
      await end(stage, first, true);
      await whereIs(stage, groupId, topic);
    },
  },
  {
    name: "transactional offsets are refused from those who may not commit them",
    cases: [11, 12],
    shows: ["ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "INVALID_TXN_STATE", "FENCED_INSTANCE_ID", "OFFSET_METADATA_TOO_LARGE"],
    async run(stage) {
      const topic = await stage.topic("source");
      const groupId = await stage.group("members");
      const producer = await openTransactional(stage, "commits");
      for (const version of [0, 2, 3, 4, 5])
        await commitOffset(stage, { ...producer, producerEpoch: 5 }, groupId, topic, 1, { version, label: "future epoch" });
      for (const version of [0, 2, 3, 4]) await commitOffset(stage, producer, groupId, topic, 1, { version, label: "not added" });
      for (const version of [0, 2, 3, 4, 5]) {
        await commitOffset(stage, { ...producer, transactionalId: stage.name("nobody") }, groupId, topic, 1, { version, label: "unknown" });
        await commitOffset(stage, { ...producer, transactionalId: "" }, groupId, topic, 1, { version, label: "empty" });
        await commitOffset(stage, { ...producer, producerId: producer.producerId + 1_000_000 }, groupId, topic, 1, {
          version,
          label: "another id",
        });
      }
      await addOffsets(stage, producer, groupId);
      await commitOffset(stage, producer, groupId, topic, 1, { generationId: 3, memberId: "somebody", label: "a group that is not there" });
      await commitOffset(stage, producer, "", topic, 1, { label: "no group" });
      await commitOffset(stage, producer, groupId, topic, 1, { partitions: [0, 7], label: "no such partition" });
      await commitOffset(stage, producer, groupId, { name: stage.name("absent"), id: "" }, 1, { label: "no such topic" });
      await commitOffset(stage, producer, groupId, topic, 1, { metadata: "x".repeat(4097), label: "much metadata" });
      await commitOffset(stage, producer, groupId, topic, 1, { label: "alone" });
      const join = (memberId: string) =>
        stage.main.call("JoinGroup", 5, {
          groupId,
          sessionTimeoutMs: 30_000,
          rebalanceTimeoutMs: 30_000,
          memberId,
          groupInstanceId: "static",
          protocolType: "consumer",
          protocols: [{ name: "range", metadata: Buffer.alloc(0) }],
        });
      const { memberId, generationId } = await join("");
      await commitOffset(stage, producer, groupId, topic, 2, {
        generationId,
        memberId,
        groupInstanceId: "static",
        label: "while completing",
      });
      await stage.main.call("SyncGroup", 3, { groupId, generationId, memberId, groupInstanceId: "static", assignments: [] });
      for (const version of [3, 4]) {
        const member = { version, generationId, memberId, groupInstanceId: "static" };
        await commitOffset(stage, producer, groupId, topic, 3, { ...member, label: "the member" });
        await commitOffset(stage, producer, groupId, topic, 4, { ...member, groupInstanceId: null, label: "without its instance" });
        await commitOffset(stage, producer, groupId, topic, 4, { ...member, generationId: generationId - 1, label: "an old generation" });
        await commitOffset(stage, producer, groupId, topic, 4, { ...member, generationId: -1, label: "no generation" });
        await commitOffset(stage, producer, groupId, topic, 4, {
          ...member,
          memberId: "stranger",
          groupInstanceId: null,
          label: "a stranger",
        });
        await commitOffset(stage, producer, groupId, topic, 4, { ...member, memberId: "stranger", label: "a stranger with its instance" });
      }
      for (const version of [0, 2, 3]) await commitOffset(stage, producer, groupId, topic, 5, { version, label: "from outside" });
      await end(stage, producer, true);
      await whereIs(stage, groupId, topic);
      await commitOffset(stage, producer, groupId, topic, 6, { label: "after the end" });
    },
  },
  {
    name: "with KIP-890 offsets need no announcement, and every end bumps the epoch",
    cases: [12],
    shows: ["UNSTABLE_OFFSET_COMMIT", "INVALID_PRODUCER_EPOCH"],
    async run(stage) {
      const topic = await stage.topic("source");
      const groupId = await stage.group("implicit");
      const first = await openTransactional(stage, "implicit");
      await commitOffset(stage, first, groupId, topic, 3, { version: 4, label: "not announced" });
      await commitOffset(stage, first, groupId, topic, 3, { version: 5 });
      await whereIs(stage, groupId, topic);
      const second = await end(stage, first, true, newEnd);
      await whereIs(stage, groupId, topic);
      await commitOffset(stage, first, groupId, topic, 4, { version: 5, label: "old epoch" });
      await commitOffset(stage, second, groupId, topic, 5, { version: 5 });
      const third = await end(stage, second, false, newEnd);
      await whereIs(stage, groupId, topic);
      await addOffsets(stage, third, groupId, 4);
      await commitOffset(stage, third, groupId, topic, 6, { version: 4 });
      await end(stage, third, true, newEnd);
      await whereIs(stage, groupId, topic);
    },
  },
  {
    name: "a take-over drops the pending offsets, and a deleted group takes its own along",
    cases: [11, 12],
    shows: ["UNSTABLE_OFFSET_COMMIT", '"committedOffset":-1'],
    async run(stage) {
      const topic = await stage.topic("source");
      const groupId = await stage.group("dropped");
      const other = await stage.group("deleted");
      const producer = await openTransactional(stage, "drops");
      await addPartitions(stage, producer, [[topic, 0]]);
      await addOffsets(stage, producer, groupId);
      await commitOffset(stage, producer, groupId, topic, 3);
      await whereIs(stage, groupId, topic);
      const second = await openTransactional(stage, "drops");
      await whereIs(stage, groupId, topic);
      await addOffsets(stage, second, groupId);
      await addOffsets(stage, second, other);
      await commitOffset(stage, second, groupId, topic, 5);
      await commitOffset(stage, second, other, topic, 6);
      await stage.ask("delete the group", "DeleteGroups", 1, { groupsNames: [other] });
      await whereIs(stage, other, topic);
      await end(stage, second, true);
      await whereIs(stage, groupId, topic);
      await whereIs(stage, other, topic);
    },
  },
];
