// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface AlterShareGroupOffsetsRequest {
  groupId: string;
  topics: AlterShareGroupOffsetsRequestTopics[];
}

export interface AlterShareGroupOffsetsRequestTopics {
  topicName: string;
  partitions: AlterShareGroupOffsetsRequestTopicsPartitions[];
}

export interface AlterShareGroupOffsetsRequestTopicsPartitions {
  partitionIndex: number;
  startOffset: number;
}

export interface AlterShareGroupOffsetsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  responses: AlterShareGroupOffsetsResponseResponses[];
}

export interface AlterShareGroupOffsetsResponseResponses {
  topicName: string;
  topicId: string;
  partitions: AlterShareGroupOffsetsResponseResponsesPartitions[];
}

export interface AlterShareGroupOffsetsResponseResponsesPartitions {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
}
