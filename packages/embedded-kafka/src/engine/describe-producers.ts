import { type ErrorName, errorCodes, type ResponseTypes } from "@millrace/protocol";
import { topicNameProblem } from "../topics/topic-name.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type DescribedPartition = ResponseTypes["DescribeProducers"]["topics"][number]["partitions"][number];

/** Which idempotent and transactional producers a partition remembers, and since which offset they have a transaction open. */
export const describeProducers: ApiRegistration = serve("DescribeProducers", {
  handle({ body, nodeId }, broker) {
    return {
      topics: body.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((index) => describe(name, index, nodeId, broker)),
      })),
    };
  },
});

function describe(name: string, partitionIndex: number, nodeId: number | undefined, broker: BrokerState): DescribedPartition {
  const failed = (error: ErrorName, errorMessage: string | null): DescribedPartition => ({
    partitionIndex,
    errorCode: errorCodes[error],
    errorMessage,
    activeProducers: [],
  });
  const nameProblem = topicNameProblem(name);
  if (nameProblem !== undefined) return failed("INVALID_TOPIC_EXCEPTION", nameProblem);
  const topic = broker.topics.named(name);
  if (topic === undefined) return failed("UNKNOWN_TOPIC_OR_PARTITION", "This server does not host this topic-partition.");
  const partition = topic.partitions[partitionIndex];
  if (partition === undefined) return failed("UNKNOWN_TOPIC_OR_PARTITION", null);
  if (!partition.isHeldBy(nodeId)) return failed("NOT_LEADER_OR_FOLLOWER", null);
  const { log, producers } = partition;
  const activeProducers = [...producers.all()].map((producer) => ({
    ...producer,
    currentTxnStartOffset: log.transactions.openOffsetOf(producer.producerId) ?? -1,
  }));
  return { partitionIndex, errorCode: errorCodes.NONE, errorMessage: null, activeProducers };
}
