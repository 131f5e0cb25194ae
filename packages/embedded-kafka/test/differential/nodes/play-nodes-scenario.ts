import { errorCodes } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import { type Connection, openConnection } from "../connection.ts";
import { type Performance, playScenario } from "../play-scenario.ts";
import { fetchFrom } from "../request-bodies.ts";
import type { Stage, StagedTopic, Step } from "../scenario.ts";
import { type NodeGround, nodeIds } from "./node-ground.ts";
import type { NodesScenario, NodesStage } from "./nodes-scenario.ts";

const coordinatorKinds = { group: 0, transaction: 1 } as const;

/** Plays a scenario to a cluster of three and gives what was recorded. Brokers that the scenario stopped run again afterwards. */
export async function playNodesScenario(scenario: NodesScenario, ground: NodeGround, performance: Performance): Promise<Step[]> {
  const aliases = new Map<string, string>();
  const run = async (stage: Stage): Promise<void> => {
    const nodes = createNodesStage(stage, ground, aliases);
    try {
      await scenario.run(nodes.stage);
    } finally {
      await nodes.close();
    }
  };
  return playScenario({ ...scenario, run }, ground.addresses[0]!, performance, { addresses: ground.addresses, aliases });
}

function createNodesStage(base: Stage, ground: NodeGround, aliases: Map<string, string>) {
  const connections = new Map<number, Connection>();
  const stopped = new Set<number>();
  const topics: StagedTopic[] = [];
  const running = (): number[] => nodeIds.filter((id) => !stopped.has(id));

  const node = async (nodeId: number): Promise<Connection> => {
    const known = connections.get(nodeId);
    if (known !== undefined && !known.isClosed) return known;
    const connection = await openConnection(ground.addresses[nodeId - 1]!);
    connections.set(nodeId, connection);
    return connection;
  };
  const metadataAt = async (nodeId: number, names: readonly string[] = topics.map(({ name }) => name)) =>
    (await node(nodeId)).call("Metadata", 12, { topics: names.map((name) => ({ name })), allowAutoTopicCreation: false });
  type Metadata = Awaited<ReturnType<typeof metadataAt>>;
  type DescribedPartition = Metadata["topics"][number]["partitions"][number];
  const everywhere = async (what: string, wanted: (metadata: Metadata) => boolean, names?: readonly string[]): Promise<void> => {
    for (const id of running()) {
      await waitFor(async () => wanted(await metadataAt(id, names)), {
        what: `${what} at broker ${id}`,
        timeoutMs: 40_000,
        intervalMs: 30,
      });
    }
  };
  const allPartitions = (metadata: Metadata): DescribedPartition[] => metadata.topics.flatMap(({ partitions }) => partitions);
  const knowsNodes = ({ brokers }: Metadata): boolean => brokers.length === running().length;

  const keyAt = async (kind: keyof typeof coordinatorKinds, nodeId: number, suffix: string): Promise<string> => {
    const connection = await node(nodeId);
    const found = await waitFor(
      async () => {
        const coordinatorKeys = Array.from({ length: 60 }, (_, index) => base.name(`${suffix}-${index}`));
        const { coordinators } = await connection.call("FindCoordinator", 4, { keyType: coordinatorKinds[kind], coordinatorKeys });
        if (coordinators.some(({ errorCode }) => errorCode !== errorCodes.NONE)) return undefined;
        const there = coordinators.find((each) => each.nodeId === nodeId)?.key;
        if (there === undefined) await ground.spreadCoordinators();
        return there;
      },
      { what: `a ${kind} that broker ${nodeId} coordinates`, timeoutMs: 40_000, intervalMs: 50 },
    );
    aliases.set(found, suffix);
    await waitFor(
      async () => {
        const answer =
          kind === "group"
            ? await connection.call("OffsetFetch", 2, { groupId: found, topics: null })
            : (await connection.call("DescribeTransactions", 0, { transactionalIds: [found] })).transactionStates[0]!;
        return answer.errorCode === errorCodes.NONE || answer.errorCode === errorCodes.TRANSACTIONAL_ID_NOT_FOUND;
      },
      { what: `broker ${nodeId} to coordinate ${found}`, timeoutMs: 40_000, intervalMs: 50 },
    );
    return found;
  };

  const stage: NodesStage = {
    ...base,
    node,
    async askNode(nodeId, label, api, version, body) {
      return base.ask(`${label} at broker ${nodeId}`, api, version, body, await node(nodeId));
    },
    async topicOn(suffix, replicas, configs = {}) {
      const name = base.name(suffix);
      const connection = await node(running()[0]!);
      const made = await connection.call("CreateTopics", 7, {
        timeoutMs: 20_000,
        topics: [
          {
            name,
            numPartitions: -1,
            replicationFactor: -1,
            assignments: replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds: [...brokerIds] })),
            // Apache Kafka's brokers have it by default, and the embedded ones do not.
            configs: Object.entries({ "min.insync.replicas": "2", ...configs }).map(([key, value]) => ({ name: key, value })),
          },
        ],
      });
      const { errorCode, errorMessage, topicId: id } = made.topics[0]!;
      if (errorCode !== errorCodes.NONE) throw new Error(`topic ${name} was not made: ${errorCode} ${errorMessage}`);
      const topic = { name, id };
      topics.push(topic);
      await everywhere(`topic ${name}`, ({ topics: [described] }) => described!.errorCode === errorCodes.NONE, [name]);
      for (const [index, [leader]] of replicas.entries()) await untilLeads(topic, index, leader!);
      return topic;
    },
    groupAt: (nodeId, suffix) => keyAt("group", nodeId, suffix),
    transactionalIdAt: (nodeId, suffix) => keyAt("transaction", nodeId, suffix),
    async moveLeader(topic, partition, nodeId) {
      await ground.moveLeader(topic.name, partition, nodeId);
      const isMoved = (metadata: Metadata) =>
        metadata.topics[0]!.partitions.find((one) => one.partitionIndex === partition)!.leaderId === nodeId;
      await everywhere("the new leader", isMoved, [topic.name]);
      await untilLeads(topic, partition, nodeId);
    },
    async untilReplicated(topic, nodeId, offset) {
      const body = fetchFrom(topic, [{ fetchOffset: 0 }], { version: 11, sessionEpoch: -1 });
      await base.until(
        `broker ${nodeId} to know what is committed`,
        async () => (await node(nodeId)).call("Fetch", 11, body),
        ({ responses }) => responses[0]!.partitions[0]!.highWatermark === offset,
      );
    },
    async stop(nodeId) {
      stopped.add(nodeId);
      connections.get(nodeId)?.close();
      await ground.stopNode(nodeId);
      const isGone = (metadata: Metadata): boolean =>
        knowsNodes(metadata) && allPartitions(metadata).every(({ leaderId }) => !stopped.has(leaderId));
      await everywhere(`broker ${nodeId} to be missed`, isGone);
    },
    async start(nodeId, wanted) {
      await ground.startNode(nodeId);
      stopped.delete(nodeId);
      const isComplete = ({ leaderId, isrNodes, replicaNodes }: DescribedPartition): boolean =>
        leaderId > 0 && replicaNodes.every((id) => stopped.has(id) || isrNodes.includes(id));
      await everywhere(
        `broker ${nodeId} to be back`,
        (metadata) => knowsNodes(metadata) && allPartitions(metadata).every(wanted ?? isComplete),
      );
    },
    async partition(topic, index = 0) {
      const { topics: described } = await metadataAt(running()[0]!, [topic.name]);
      return described[0]!.partitions.find((one) => one.partitionIndex === index)!;
    },
    async recordPartitions(label, topic) {
      const body = { topics: [{ name: topic.name }], responsePartitionLimit: 100 };
      const described = await (await node(running()[0]!)).call("DescribeTopicPartitions", 0, body);
      const sorted = (ids: readonly number[] | null): readonly number[] | null => ids?.toSorted((left, right) => left - right) ?? null;
      const partitions = described.topics[0]!.partitions.map((one) => ({
        ...one,
        replicaNodes: sorted(one.replicaNodes),
        isrNodes: sorted(one.isrNodes),
        eligibleLeaderReplicas: sorted(one.eligibleLeaderReplicas),
        lastKnownElr: sorted(one.lastKnownElr),
        offlineReplicas: sorted(one.offlineReplicas),
      }));
      base.record(label, { partitions });
    },
  };

  /** A broker may hear later than its metadata say that it leads. */
  const untilLeads = async (topic: StagedTopic, partitionIndex: number, leader: number): Promise<void> => {
    const connection = await node(leader);
    const body = { replicaId: -1, topics: [{ name: topic.name, partitions: [{ partitionIndex, timestamp: -1 }] }] };
    const leads = async (): Promise<boolean> => (await connection.call("ListOffsets", 1, body)).topics[0]!.partitions[0]!.errorCode === 0;
    await waitFor(leads, { what: `broker ${leader} to lead ${topic.name} ${partitionIndex}`, timeoutMs: 20_000 });
  };

  return {
    stage,
    async close() {
      for (const nodeId of stopped) await ground.startNode(nodeId);
      if (topics.length > 0) {
        const connection = await openConnection(ground.addresses[0]!);
        await connection.call("DeleteTopics", 5, { topicNames: topics.map(({ name }) => name), timeoutMs: 10_000 });
        connection.close();
      }
      for (const connection of connections.values()) connection.close();
    },
  };
}
