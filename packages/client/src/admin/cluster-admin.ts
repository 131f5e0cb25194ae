import type { ClusterDescription, QuorumDescription } from "@millrace/kafka";
import { errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import { type AdminContext, anyBroker, onBroker } from "./admin-context.ts";

/** The brokers, with their racks: the answer to a question about no topic, which brokers of every age know. */
export async function describeCluster(context: AdminContext): Promise<ClusterDescription> {
  return await onBroker(context, "Describing the cluster", anyBroker, async (broker) => {
    const { body } = await broker.send("Metadata", () => ({ topics: [], allowAutoTopicCreation: false }));
    const brokers = body.brokers.map(({ nodeId, host, port, rack }) => ({ id: nodeId, host, port, rack }));
    return { clusterId: body.clusterId, controllerId: body.controllerId, brokers: brokers.sort((a, b) => a.id - b.id) };
  });
}

const metadataPartition = { topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] };

/** Who votes about the metadata (KIP-595). Brokers pass the question on to the controller, whose answer may be that it is none any more. */
export async function describeQuorum(context: AdminContext): Promise<QuorumDescription> {
  const what = "Describing the quorum";
  return await onBroker(context, what, anyBroker, async (broker) => {
    const { body } = await broker.send("DescribeQuorum", () => ({ topics: [metadataPartition] }));
    const partition = body.topics[0]?.partitions[0];
    const failed = [body, partition].find((part) => part !== undefined && part.errorCode !== errorCodes.NONE);
    if (failed !== undefined) throw brokerError(failed.errorCode, { what }, failed.errorMessage);
    if (partition === undefined) throw brokerError(errorCodes.UNKNOWN_SERVER_ERROR, { what }, "its answer names no quorum");
    const { leaderId, leaderEpoch, highWatermark, currentVoters, observers } = partition;
    return { leaderId, leaderEpoch, highWatermark, voters: currentVoters.map(quorumMember), observers: observers.map(quorumMember) };
  });
}

type ReplicaState = ResponseTypes["DescribeQuorum"]["topics"][number]["partitions"][number]["currentVoters"][number];

function quorumMember({
  replicaId,
  logEndOffset,
  lastFetchTimestamp,
  lastCaughtUpTimestamp,
}: ReplicaState): QuorumDescription["voters"][number] {
  const time = (at: number): number | null => (at < 0 ? null : at);
  return { id: replicaId, logEndOffset, lastFetchAt: time(lastFetchTimestamp), lastCaughtUpAt: time(lastCaughtUpTimestamp) };
}
