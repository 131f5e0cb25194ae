import type { ClusterDescription } from "@millrace/kafka";
import { type AdminContext, anyBroker, onBroker } from "./admin-context.ts";

/** The brokers, with their racks: the answer to a question about no topic, which brokers of every age know. */
export async function describeCluster(context: AdminContext): Promise<ClusterDescription> {
  return await onBroker(context, "Describing the cluster", anyBroker, async (broker) => {
    const { body } = await broker.send("Metadata", () => ({ topics: [], allowAutoTopicCreation: false }));
    const brokers = body.brokers.map(({ nodeId, host, port, rack }) => ({ id: nodeId, host, port, rack }));
    return { clusterId: body.clusterId, controllerId: body.controllerId, brokers: brokers.sort((a, b) => a.id - b.id) };
  });
}
