import { errorCodes } from "@millrace/protocol";
import { nodeIds } from "./node-ground.ts";
import type { NodesScenario, NodesStage } from "./nodes-scenario.ts";

/** Any broker may be named as the controller, since clients only have to find one that hands their requests on. */
function withoutController(answer: { readonly controllerId: number }): object {
  return { ...answer, controllerId: nodeIds.includes(answer.controllerId) ? "a broker" : answer.controllerId };
}

const spread = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
];

async function create(stage: NodesStage, suffix: string, numPartitions: number, replicationFactor: number, assigned: number[][] = []) {
  const connection = await stage.node(2);
  const assignments = assigned.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }));
  const name = stage.name(suffix);
  const topics = [{ name, numPartitions, replicationFactor, assignments, configs: [] }];
  const answer = await connection.call("CreateTopics", 7, { timeoutMs: 20_000, topics });
  stage.record(
    `creation of ${suffix}`,
    answer.topics.map((topic) => ({ ...topic, configs: null })),
  );
  if (answer.topics[0]!.errorCode !== errorCodes.NONE) return;
  for (const nodeId of nodeIds) {
    await stage.until(
      `${suffix} at broker ${nodeId}`,
      async () => (await stage.node(nodeId)).call("Metadata", 12, { topics: [{ name }], allowAutoTopicCreation: false }),
      ({ topics: [topic] }) => topic!.partitions.length === answer.topics[0]!.numPartitions,
    );
  }
  const { topics: described } = await connection.call("Metadata", 12, { topics: [{ name }], allowAutoTopicCreation: false });
  const { partitions } = described[0]!;
  // Which broker comes first is up to chance.
  stage.record(`partitions of ${suffix}`, {
    replicas: partitions.map(({ replicaNodes }) => new Set(replicaNodes).size),
    inSync: partitions.map(({ isrNodes }) => new Set(isrNodes).size),
    leadersAreFirst: partitions.every(({ leaderId, replicaNodes }) => leaderId === replicaNodes[0]),
    leadersOfThree: new Set(partitions.slice(0, 3).map(({ leaderId }) => leaderId)).size,
  });
  await connection.call("DeleteTopics", 5, { topicNames: [name], timeoutMs: 10_000 });
}

export const nodesMetadataScenarios: readonly NodesScenario[] = [
  {
    name: "every broker describes the cluster and its topics in the same way",
    shows: ["broker 3's", '"leaderId":3', '"isrNodes":[3,1,2]'],
    async run(stage) {
      const { name } = await stage.topicOn("described", spread);
      for (const nodeId of nodeIds) {
        const connection = await stage.node(nodeId);
        for (let version = 0; version <= 13; version++) {
          const answer = await connection.call("Metadata", version, { topics: [{ name }] });
          stage.record(`broker ${nodeId} (Metadata v${version})`, version === 0 ? answer : withoutController(answer));
        }
        for (const version of [0, 1, 2]) {
          const answer = await connection.call("DescribeCluster", version, {});
          stage.record(`broker ${nodeId} (DescribeCluster v${version})`, withoutController(answer));
        }
        await stage.askNode(nodeId, "partitions", "DescribeTopicPartitions", 0, { topics: [{ name }], responsePartitionLimit: 2 });
      }
    },
  },
  {
    name: "topics have as many replicas as asked for, and their leaders are spread",
    shows: ["INVALID_REPLICATION_FACTOR", "INVALID_REPLICA_ASSIGNMENT", '"leadersOfThree":3'],
    async run(stage) {
      await create(stage, "three", 6, 3);
      await create(stage, "two", 3, 2);
      await create(stage, "one", 3, 1);
      await create(stage, "by-default", -1, -1);
      await create(stage, "four", 1, 4);
      await create(stage, "by-hand", -1, -1, [
        [3, 1],
        [2, 3],
      ]);
      await create(stage, "by-hand-unknown", -1, -1, [[3, 9]]);
      await create(stage, "by-hand-twice", -1, -1, [[3, 3]]);
      await create(stage, "by-hand-none", -1, -1, [[]]);
      await create(stage, "by-hand-uneven", -1, -1, [[3, 1], [2]]);
    },
  },
  {
    name: "partitions are added with the replicas that the topic has, or on the brokers that were named",
    shows: ["INVALID_REPLICA_ASSIGNMENT", '"leaderId":3'],
    async run(stage) {
      const topic = await stage.topicOn("grown", [[1, 2]]);
      const grow = (label: string, count: number, assignments: number[][]) =>
        stage.askNode(3, label, "CreatePartitions", 3, {
          timeoutMs: 20_000,
          topics: [{ name: topic.name, count, assignments: assignments.map((brokerIds) => ({ brokerIds })) }],
        });
      await grow("on an unknown broker", 2, [[1, 9]]);
      await grow("with another number of replicas", 2, [[3]]);
      await grow("on no broker", 2, [[]]);
      await grow("on brokers 3 and 2", 2, [[3, 2]]);
      await stage.until(
        "two partitions",
        async () => (await stage.node(1)).call("Metadata", 12, { topics: [{ name: topic.name }], allowAutoTopicCreation: false }),
        ({ topics: [described] }) => described!.partitions.length === 2,
      );
      await stage.recordPartitions("grown", topic);
    },
  },
];
