import { startBroker, stopBroker } from "@millrace/cluster";
import { errorByCode } from "@millrace/protocol";
import { waitFor } from "@millrace/testing";
import { type BrokerAddress, type Connection, openConnection } from "../connection.ts";
import type { NodeGround } from "./node-ground.ts";

const preferredLeader = 0;

/** The three brokers of Apache Kafka at these addresses, such as `inject("kafkaThreeNodeBrokers")`. */
export function kafkaNodes(brokers: readonly string[]): NodeGround {
  const addresses = brokers.map((broker): BrokerAddress => {
    const [host = "", port = ""] = broker.split(":");
    return { host, port: Number(port) };
  });
  return {
    addresses,
    async moveLeader(topic, partitionIndex, nodeId) {
      const connection = await openConnection(addresses[nodeId - 1]!);
      try {
        await elect(connection, topic, partitionIndex, nodeId);
      } finally {
        connection.close();
      }
    },
    async spreadCoordinators() {
      const connection = await openConnection(addresses[0]!);
      // Of all partitions of all topics, those of the coordinators are the ones that matter.
      await connection.call("ElectLeaders", 2, { electionType: preferredLeader, topicPartitions: null, timeoutMs: 1_000 });
      connection.close();
    },
    stopNode: (nodeId) => stopBroker(nodeId),
    startNode: (nodeId) => startBroker(nodeId),
  };
}

/** Makes the node the preferred leader among the same replicas, and then has the preferred leader elected. */
async function elect(connection: Connection, topic: string, partitionIndex: number, nodeId: number): Promise<void> {
  const partition = async () => {
    const { topics } = await connection.call("Metadata", 12, { topics: [{ name: topic }], allowAutoTopicCreation: false });
    return topics[0]!.partitions.find((one) => one.partitionIndex === partitionIndex)!;
  };
  const { replicaNodes } = await partition();
  const replicas = [nodeId, ...replicaNodes.filter((id) => id !== nodeId)];
  const reassigned = await connection.call("AlterPartitionReassignments", 0, {
    timeoutMs: 20_000,
    topics: [{ name: topic, partitions: [{ partitionIndex, replicas }] }],
  });
  const { errorCode } = reassigned.responses[0]!.partitions[0]!;
  if (errorCode !== 0) throw new Error(`the replicas of ${topic} ${partitionIndex} stay as they are: ${errorByCode(errorCode).name}`);
  await waitFor(async () => (await partition()).replicaNodes[0] === nodeId, { what: "the replicas' new order", timeoutMs: 20_000 });
  await connection.call("ElectLeaders", 2, {
    electionType: preferredLeader,
    topicPartitions: [{ topic, partitions: [partitionIndex] }],
    timeoutMs: 20_000,
  });
  await waitFor(async () => (await partition()).leaderId === nodeId, { what: `node ${nodeId} to lead`, timeoutMs: 20_000 });
}
