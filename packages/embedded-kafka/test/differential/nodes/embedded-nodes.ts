import { type EmbeddedKafka, startEmbeddedKafka } from "../../../src/index.ts";
import { comparedShortestSessionMs } from "../embedded-stage.ts";
import { type NodeGround, nodeIds } from "./node-ground.ts";

/** Three embedded brokers, set up as the Apache Kafka that they are compared with. */
export async function startComparedNodes(): Promise<NodeGround & { readonly broker: EmbeddedKafka; close(): Promise<void> }> {
  const broker = await startEmbeddedKafka({
    nodes: nodeIds.length,
    logCheckIntervalMs: 200,
    groups: { minSessionTimeoutMs: comparedShortestSessionMs },
  });
  return {
    broker,
    addresses: broker.nodes(),
    moveLeader: (topic, partition, nodeId) => Promise.resolve(broker.moveLeader(topic, partition, nodeId)),
    // Each scenario has its own brokers, whose coordinators have never moved.
    spreadCoordinators: () => Promise.resolve(),
    stopNode: (nodeId) => broker.stopNode(nodeId),
    startNode: (nodeId) => broker.startNode(nodeId),
    close: () => broker.close(),
  };
}
