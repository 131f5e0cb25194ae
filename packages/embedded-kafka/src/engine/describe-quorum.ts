import { errorCodes, type RequestTypes } from "@millrace/protocol";
import { type ApiRegistration, serve } from "./api-registration.ts";

const metadataTopic = "__cluster_metadata";
const never = -1;

/**
 * Who votes about the cluster's metadata (KIP-595), with the controller's time (KIP-836). Every broker is a voter here, and the log of the metadata is
 * empty.
 */
export const describeQuorum: ApiRegistration = serve("DescribeQuorum", {
  handle({ version, body }, { nodes, clock }) {
    if (!isAboutMetadata(body)) return { topics: body.topics.map(unknownTopic) };
    const now = clock.now();
    const { controller } = nodes;
    const currentVoters = nodes.all().map(({ id, isRunning }) => {
      const seen = isRunning ? now : never;
      return { replicaId: id, logEndOffset: 0, lastFetchTimestamp: seen, lastCaughtUpTimestamp: seen };
    });
    const partition = { partitionIndex: 0, leaderId: controller.id, leaderEpoch: 1, highWatermark: 0, currentVoters, observers: [] };
    const listenersOf = ({ host, port }: { readonly host: string; readonly port: number }) => [{ name: "CONTROLLER", host, port }];
    return {
      topics: [{ topicName: metadataTopic, partitions: [partition] }],
      ...(version >= 2 && { nodes: nodes.all().map((node) => ({ nodeId: node.id, listeners: listenersOf(node) })) }),
    };
  },
});

function isAboutMetadata({ topics: [asked, ...others] }: RequestTypes["DescribeQuorum"]): boolean {
  if (asked === undefined || others.length > 0 || asked.topicName !== metadataTopic) return false;
  return asked.partitions.length === 1 && asked.partitions[0]?.partitionIndex === 0;
}

function unknownTopic({ topicName, partitions }: RequestTypes["DescribeQuorum"]["topics"][number]) {
  const errorCode = errorCodes.UNKNOWN_TOPIC_OR_PARTITION;
  const errorMessage = `there is a quorum of ${metadataTopic}-0 alone`;
  return { topicName, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, errorMessage })) };
}
