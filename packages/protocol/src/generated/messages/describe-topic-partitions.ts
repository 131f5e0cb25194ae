// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeTopicPartitionsRequest {
  topics: DescribeTopicPartitionsRequestTopics[];
  responsePartitionLimit: number;
  cursor: DescribeTopicPartitionsRequestCursor | null;
}

export interface DescribeTopicPartitionsRequestCursor {
  topicName: string;
  partitionIndex: number;
}

export interface DescribeTopicPartitionsRequestTopics {
  name: string;
}

export interface DescribeTopicPartitionsResponse {
  throttleTimeMs: number;
  topics: DescribeTopicPartitionsResponseTopics[];
  nextCursor: DescribeTopicPartitionsResponseNextCursor | null;
}

export interface DescribeTopicPartitionsResponseNextCursor {
  topicName: string;
  partitionIndex: number;
}

export interface DescribeTopicPartitionsResponseTopics {
  errorCode: number;
  name: string | null;
  topicId: string;
  isInternal: boolean;
  partitions: DescribeTopicPartitionsResponseTopicsPartitions[];
  topicAuthorizedOperations: number;
}

export interface DescribeTopicPartitionsResponseTopicsPartitions {
  errorCode: number;
  partitionIndex: number;
  leaderId: number;
  leaderEpoch: number;
  replicaNodes: number[];
  isrNodes: number[];
  eligibleLeaderReplicas: number[] | null;
  lastKnownElr: number[] | null;
  offlineReplicas: number[];
}
