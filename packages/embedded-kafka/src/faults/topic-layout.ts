import type { ApiName } from "@millrace/protocol";

/** Where an API's request names topics and partitions, and where its answer does. Topic ids stand in the field `topicId` everywhere. */
export interface TopicLayout {
  /** Lists of topics in the request: of names, or of objects. Different versions have different ones. */
  readonly asked: readonly string[];
  /** Field of a topic's name. @default "name" */
  readonly name?: string;
  /** The topic's list of partitions: of numbers, or of objects. Without it the API is about whole topics. */
  readonly askedPartitions?: string;
  /** Field of a partition's number. @default "partitionIndex" */
  readonly index?: string;
  /** List of topics in the answer. Left out where an answer cannot be put together from two. */
  readonly answered?: string;
  readonly answeredPartitions?: string;
}

const byPartition: TopicLayout = {
  asked: ["topics"],
  askedPartitions: "partitions",
  answered: "topics",
  answeredPartitions: "partitions",
};

/** The APIs whose requests name topics. */
export const topicLayouts: { readonly [Api in ApiName]?: TopicLayout } = {
  Produce: {
    asked: ["topicData"],
    askedPartitions: "partitionData",
    index: "index",
    answered: "responses",
    answeredPartitions: "partitionResponses",
  },
  Fetch: { ...byPartition, name: "topic", index: "partition", answered: "responses" },
  ListOffsets: byPartition,
  OffsetForLeaderEpoch: { ...byPartition, name: "topic", index: "partition" },
  OffsetCommit: byPartition,
  TxnOffsetCommit: byPartition,
  OffsetDelete: byPartition,
  DeleteRecords: byPartition,
  DescribeProducers: { ...byPartition, askedPartitions: "partitionIndexes" },
  AddPartitionsToTxn: {
    asked: ["v3AndBelowTopics"],
    askedPartitions: "partitions",
    answered: "resultsByTopicV3AndBelow",
    answeredPartitions: "resultsByPartition",
  },
  CreateTopics: { asked: ["topics"], answered: "topics" },
  CreatePartitions: { asked: ["topics"], answered: "results" },
  DeleteTopics: { asked: ["topics", "topicNames"], answered: "responses" },
  DescribeTopicPartitions: { asked: ["topics"], answered: "topics" },
  Metadata: { asked: ["topics"] },
};
