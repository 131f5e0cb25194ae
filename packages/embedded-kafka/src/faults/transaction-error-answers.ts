import type { RequestTypes } from "@millrace/protocol";
import { type ErrorAnswers, topLevel } from "./error-answer.ts";

/** How APIs of transactions say an error. */
export const transactionErrorAnswers: ErrorAnswers = {
  InitProducerId: (errorCode) => ({ errorCode, producerId: -1, producerEpoch: -1 }),
  AddPartitionsToTxn: (errorCode, { body, version }) => {
    if (version < 4) return { resultsByTopicV3AndBelow: inTopics(errorCode, body.v3AndBelowTopics) };
    return {
      errorCode,
      resultsByTransaction: body.transactions.map(({ transactionalId, topics }) => ({
        transactionalId,
        topicResults: inTopics(errorCode, topics),
      })),
    };
  },
  AddOffsetsToTxn: topLevel,
  EndTxn: topLevel,
  WriteTxnMarkers: (errorCode, { body }) => ({
    markers: body.markers.map(({ producerId, topics }) => ({
      producerId,
      topics: topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode })),
      })),
    })),
  }),
  TxnOffsetCommit: (errorCode, { body }) => ({
    topics: body.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }),
  ListTransactions: topLevel,
  DescribeTransactions: (errorCode, { body }) => ({
    transactionStates: body.transactionalIds.map((transactionalId) => ({ transactionalId, errorCode })),
  }),
};

function inTopics(errorCode: number, topics: RequestTypes["AddPartitionsToTxn"]["v3AndBelowTopics"]) {
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({ partitionIndex, partitionErrorCode: errorCode })),
  }));
}
