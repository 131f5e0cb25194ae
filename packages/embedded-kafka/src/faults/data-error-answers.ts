import { errorByCode } from "@millrace/protocol";
import type { ErrorAnswers } from "./error-answer.ts";

const noRecords = Buffer.alloc(0);

/** How APIs that move records say an error: in every partition that was asked for. */
export const dataErrorAnswers: ErrorAnswers = {
  Produce: (errorCode, { body }) => ({
    responses: body.topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index }) => ({
        index,
        errorCode,
        baseOffset: -1,
        logAppendTimeMs: -1,
        logStartOffset: -1,
      })),
    })),
  }),
  Fetch: (errorCode, { body, version }) => {
    const { topics } = body;
    // What concerns the session, and the answer to a session without news, has its place at the top, which the first versions do not have.
    if (version >= 7 && (topics.length === 0 || errorByCode(errorCode).name.includes("FETCH_SESSION"))) return { errorCode };
    return {
      responses: topics.map(({ topic, topicId, partitions }) => ({
        topic,
        topicId,
        partitions: partitions.map(({ partition }) => ({
          partitionIndex: partition,
          errorCode,
          highWatermark: -1,
          lastStableOffset: -1,
          logStartOffset: -1,
          abortedTransactions: null,
          records: noRecords,
        })),
      })),
    };
  },
  ListOffsets: (errorCode, { body }) => ({
    topics: body.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, timestamp: -1, offset: -1 })),
    })),
  }),
  OffsetForLeaderEpoch: (errorCode, { body }) => ({
    topics: body.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode, endOffset: -1 })),
    })),
  }),
  DeleteRecords: (errorCode, { body }) => ({
    topics: body.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, lowWatermark: -1 })),
    })),
  }),
  DescribeProducers: (errorCode, { body }) => ({
    topics: body.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode })),
    })),
  }),
};
