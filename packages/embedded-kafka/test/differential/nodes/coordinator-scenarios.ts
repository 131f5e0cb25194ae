import type { ApiName, MessageInput, RequestTypes } from "@millrace/protocol";
import { joinBody } from "../group-member.ts";
import type { NodesScenario, NodesStage } from "./nodes-scenario.ts";

type Body<Api extends ApiName> = MessageInput<RequestTypes[Api]>;

/** Asks a broker the same in every one of these versions. */
async function askAll<Api extends ApiName>(
  stage: NodesStage,
  nodeId: number,
  api: Api,
  [first, last]: readonly [number, number],
  body: (version: number) => Body<Api>,
  label = "asked",
): Promise<void> {
  for (let version = first; version <= last; version++) await stage.askNode(nodeId, label, api, version, body(version));
}

export const nodesCoordinatorScenarios: readonly NodesScenario[] = [
  {
    name: "every broker names the same coordinators",
    shows: ["broker 2's", '"nodeId":3'],
    async run(stage) {
      for (const home of [1, 2, 3]) {
        const group = await stage.groupAt(home, `group-of-${home}`);
        const transactional = await stage.transactionalIdAt(home, `producer-of-${home}`);
        for (const nodeId of [1, 2, 3]) {
          for (let version = 0; version <= 6; version++) {
            for (const [keyType, key] of [
              [0, group],
              [1, transactional],
            ] as const) {
              if (version === 0 && keyType === 1) continue;
              await stage.askNode(nodeId, `coordinator of type ${keyType}`, "FindCoordinator", version, {
                ...(version >= 1 && { keyType }),
                ...(version >= 4 ? { coordinatorKeys: [key] } : { key }),
              });
            }
          }
        }
      }
    },
  },
  {
    name: "a broker that does not coordinate a group refuses every request for it",
    shows: ["NOT_COORDINATOR"],
    async run(stage) {
      const groupId = await stage.groupAt(1, "elsewhere");
      const { name } = await stage.topicOn("offsets-elsewhere", [[1, 2, 3]]);
      const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }];
      await askAll(stage, 2, "JoinGroup", [2, 9], (version) => joinBody(groupId, { version }));
      await askAll(stage, 2, "SyncGroup", [0, 5], (version) => ({
        groupId,
        generationId: 1,
        memberId: "m",
        ...(version >= 5 && { protocolType: "consumer", protocolName: "range" }),
      }));
      await askAll(stage, 2, "Heartbeat", [0, 4], () => ({ groupId, generationId: 1, memberId: "m" }));
      await askAll(stage, 2, "LeaveGroup", [0, 5], (version) => ({
        groupId,
        ...(version < 3 ? { memberId: "m" } : { members: [{ memberId: "m", groupInstanceId: null }] }),
      }));
      await askAll(stage, 2, "OffsetCommit", [2, 9], () => ({
        groupId,
        generationIdOrMemberEpoch: -1,
        memberId: "",
        topics: [{ name, partitions }],
      }));
      await askAll(stage, 2, "OffsetFetch", [1, 9], (version) => {
        const topics = [{ name, partitionIndexes: [0] }];
        return version < 8 ? { groupId, topics } : { groups: [{ groupId, topics }] };
      });
      await askAll(
        stage,
        2,
        "OffsetFetch",
        [2, 9],
        (version) => (version < 8 ? { groupId, topics: null } : { groups: [{ groupId, topics: null }] }),
        "all",
      );
      await askAll(stage, 2, "OffsetDelete", [0, 0], () => ({ groupId, topics: [{ name, partitions: [{ partitionIndex: 0 }] }] }));
      await askAll(stage, 2, "DescribeGroups", [0, 6], () => ({ groups: [groupId] }));
      await askAll(stage, 2, "DeleteGroups", [0, 2], () => ({ groupsNames: [groupId] }));
      await askAll(stage, 2, "TxnOffsetCommit", [0, 5], () => ({
        transactionalId: "t",
        groupId,
        producerId: 1,
        producerEpoch: 0,
        topics: [{ name, partitions }],
      }));
    },
  },
  {
    name: "of several groups each is answered for by its own coordinator",
    shows: ["NOT_COORDINATOR", "NONE"],
    async run(stage) {
      const [here, there] = [await stage.groupAt(1, "group-here"), await stage.groupAt(2, "group-there")];
      const { name } = await stage.topicOn("offsets-here", [[1, 2, 3]]);
      for (const [nodeId, groupId] of [
        [1, here],
        [2, there],
      ] as const) {
        const topics = [{ name, partitions: [{ partitionIndex: 0, committedOffset: nodeId, committedMetadata: "" }] }];
        const body = { groupId, generationIdOrMemberEpoch: -1, memberId: "", topics };
        await stage.askNode(nodeId, "commit", "OffsetCommit", 8, body);
      }
      for (const nodeId of [1, 2, 3]) {
        const groups = [there, here].map((groupId) => ({ groupId, topics: [{ name, partitionIndexes: [0] }] }));
        await stage.askNode(nodeId, "offsets of both", "OffsetFetch", 8, { groups });
        const described = await (await stage.node(nodeId)).call("DescribeGroups", 6, { groups: [there, here] });
        stage.record(`both at broker ${nodeId} (DescribeGroups v6)`, described);
        const listed = await (await stage.node(nodeId)).call("ListGroups", 4, { statesFilter: [] });
        const ours = listed.groups.filter(({ groupId }) => groupId === here || groupId === there);
        stage.record(`groups at broker ${nodeId} (ListGroups v4)`, { groups: ours });
      }
      const { results } = await (await stage.node(1)).call("DeleteGroups", 2, { groupsNames: [there, here] });
      stage.record("deletion (DeleteGroups v2)", { results: results.toSorted((left) => (left.groupId === here ? -1 : 1)) });
    },
  },
  {
    name: "a broker that does not coordinate a transactional id refuses every request for it",
    shows: ["NOT_COORDINATOR"],
    async run(stage) {
      const transactionalId = await stage.transactionalIdAt(1, "producer-elsewhere");
      const { name } = await stage.topicOn("written-elsewhere", [[1, 2, 3]]);
      const producer = { transactionalId, producerId: 1, producerEpoch: 0 };
      await askAll(stage, 2, "InitProducerId", [0, 5], (version) => ({
        transactionalId,
        transactionTimeoutMs: 10_000,
        ...(version >= 3 && { producerId: -1, producerEpoch: -1 }),
      }));
      await askAll(stage, 2, "AddPartitionsToTxn", [0, 3], () => ({
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: 1,
        v3AndBelowProducerEpoch: 0,
        v3AndBelowTopics: [{ name, partitions: [0] }],
      }));
      await askAll(stage, 2, "AddOffsetsToTxn", [0, 4], () => ({ ...producer, groupId: "g" }));
      await askAll(stage, 2, "EndTxn", [0, 5], () => ({ ...producer, committed: true }));
      await askAll(stage, 2, "DescribeTransactions", [0, 0], () => ({ transactionalIds: [transactionalId] }));
    },
  },
];
