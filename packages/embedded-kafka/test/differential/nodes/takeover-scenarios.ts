import { errorCodes } from "@millrace/protocol";
import type { Connection } from "../connection.ts";
import { joinBody } from "../group-member.ts";
import { batchOf, fetchFrom, produceTo } from "../request-bodies.ts";
import { withoutTimes } from "../transaction-steps.ts";
import type { NodesScenario, NodesStage } from "./nodes-scenario.ts";

const unsettled: ReadonlySet<number> = new Set([
  errorCodes.NOT_COORDINATOR,
  errorCodes.COORDINATOR_NOT_AVAILABLE,
  errorCodes.COORDINATOR_LOAD_IN_PROGRESS,
]);

/** A connection to who coordinates the key now, which is another broker than before. */
async function nextCoordinator(stage: NodesStage, keyType: number, key: string, before: number): Promise<Connection> {
  const { coordinators } = await stage.until(
    `the next coordinator of ${key}`,
    async () => (await stage.node(1)).call("FindCoordinator", 4, { keyType, coordinatorKeys: [key] }),
    ({ coordinators: [found] }) => found!.errorCode === errorCodes.NONE && found!.nodeId !== before,
  );
  return stage.node(coordinators[0]!.nodeId);
}

export const nodesTakeoverScenarios: readonly NodesScenario[] = [
  {
    name: "a group lives on at the next coordinator with its members, generation and offsets",
    shows: ["NONE", '"committedOffset":7', "ILLEGAL_GENERATION", "Stable"],
    async run(stage) {
      const groupId = await stage.groupAt(3, "surviving");
      const topic = await stage.topicOn("surviving-offsets", [[1, 2, 3]]);
      const offsets = (committedOffset: number) => [
        { name: topic.name, partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: "m" }] },
      ];
      const old = await stage.node(3);
      const first = await old.call("JoinGroup", 5, joinBody(groupId, { version: 5 }));
      const joined = await old.call("JoinGroup", 5, joinBody(groupId, { version: 5, memberId: first.memberId }));
      const { memberId, generationId } = joined;
      stage.record("joined", joined);
      const assignments = [{ memberId, assignment: Buffer.from("all") }];
      stage.record("synchronised", await old.call("SyncGroup", 3, { groupId, generationId, memberId, assignments }));
      const commit = { groupId, generationIdOrMemberEpoch: generationId, memberId };
      stage.record("committed", await old.call("OffsetCommit", 8, { ...commit, topics: offsets(7) }));
      await stage.stop(3);
      const next = await nextCoordinator(stage, 0, groupId, 3);
      await stage.until(
        "the group at its next coordinator",
        () => next.call("Heartbeat", 3, { groupId, generationId, memberId }),
        ({ errorCode }) => !unsettled.has(errorCode),
      );
      stage.record("heartbeat", await next.call("Heartbeat", 3, { groupId, generationId, memberId }));
      stage.record(
        "heartbeat of an old generation",
        await next.call("Heartbeat", 3, { groupId, generationId: generationId - 1, memberId }),
      );
      stage.record("heartbeat of a stranger", await next.call("Heartbeat", 3, { groupId, generationId, memberId: "stranger" }));
      stage.record("share", await next.call("SyncGroup", 3, { groupId, generationId, memberId, assignments: [] }));
      const wanted = { groupId, topics: [{ name: topic.name, partitionIndexes: [0] }] };
      stage.record("offset", await next.call("OffsetFetch", 7, wanted));
      stage.record("described", await next.call("DescribeGroups", 5, { groups: [groupId] }));
      stage.record("committed again", await next.call("OffsetCommit", 8, { ...commit, topics: offsets(8) }));
      stage.record("joined again", await next.call("JoinGroup", 5, joinBody(groupId, { version: 5, memberId })));
      stage.record("left", await next.call("LeaveGroup", 3, { groupId, members: [{ memberId, groupInstanceId: null }] }));
      await stage.start(3);
      stage.record("offset in the end", await next.call("OffsetFetch", 7, wanted));
    },
  },
  {
    name: "a transaction that is open goes on at the next coordinator and at the next leader",
    shows: ["Ongoing", "CompleteCommit", '"lastStableOffset":0', "PRODUCER_FENCED"],
    async run(stage) {
      const transactionalId = await stage.transactionalIdAt(3, "surviving-producer");
      const topic = await stage.topicOn("surviving-records", [
        [3, 1, 2],
        [1, 2, 3],
      ]);
      const old = await stage.node(3);
      const begin = { transactionalId, transactionTimeoutMs: 60_000, producerId: -1, producerEpoch: -1 };
      const { producerId, producerEpoch } = await stage.until(
        "a producer",
        () => old.call("InitProducerId", 4, begin),
        ({ errorCode }) => !unsettled.has(errorCode),
      );
      const producer = { transactionalId, producerId, producerEpoch };
      const add = {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: [{ name: topic.name, partitions: [0, 1] }],
      };
      const added = await old.call("AddPartitionsToTxn", 3, add);
      stage.record(
        "added",
        added.resultsByTopicV3AndBelow[0]!.resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
      );
      const write = (nodeId: number, index: number, baseSequence: number, value: string, epoch = producerEpoch) => {
        const records = batchOf(stage.baseTime, [value], { producerId, producerEpoch: epoch, baseSequence, isTransactional: true });
        return stage.askNode(
          nodeId,
          `write ${value}`,
          "Produce",
          11,
          produceTo(topic, [{ index, records }], { version: 11, transactionalId }),
        );
      };
      await write(3, 0, 0, "a");
      await write(1, 1, 0, "b");
      const read = async (label: string, nodeId: number, partition: number) => {
        for (const isolationLevel of [0, 1]) {
          const body = fetchFrom(topic, [{ partition, fetchOffset: 0 }], { version: 11, isolationLevel, sessionEpoch: -1 });
          await stage.askNode(nodeId, `${label}, isolation ${isolationLevel}`, "Fetch", 11, body);
        }
      };
      await stage.stop(3);
      const next = await nextCoordinator(stage, 1, transactionalId, 3);
      const describe = () => next.call("DescribeTransactions", 0, { transactionalIds: [transactionalId] });
      const known = await stage.until(
        "the transaction at its next coordinator",
        describe,
        ({ transactionStates }) => !unsettled.has(transactionStates[0]!.errorCode),
      );
      stage.record("described", withoutTimes(known));
      const { leaderId } = await stage.partition(topic, 0);
      stage.record("the next leader", leaderId);
      await write(leaderId, 0, 1, "c");
      await write(leaderId, 0, 3, "gap");
      await read("open", leaderId, 0);
      stage.record("commit", await next.call("EndTxn", 3, { ...producer, committed: true }));
      await stage.until("the end", describe, ({ transactionStates }) => transactionStates[0]!.transactionState === "CompleteCommit");
      stage.record("ended", withoutTimes(await describe()));
      await read("committed", leaderId, 0);
      await read("committed", 1, 1);
      const again = await stage.until(
        "the producer's next epoch",
        () => next.call("InitProducerId", 4, begin),
        ({ errorCode }) => !unsettled.has(errorCode) && errorCode !== errorCodes.CONCURRENT_TRANSACTIONS,
      );
      stage.record("begun again", {
        errorCode: again.errorCode,
        isSame: again.producerId === producerId,
        producerEpoch: again.producerEpoch,
      });
      stage.record("end by the old one", await next.call("EndTxn", 3, { ...producer, committed: true }));
      await stage.start(3);
    },
  },
];
