// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface OffsetDeleteRequest {
  groupId: string;
  topics: OffsetDeleteRequestTopics[];
}

export interface OffsetDeleteRequestTopics {
  name: string;
  partitions: OffsetDeleteRequestTopicsPartitions[];
}

export interface OffsetDeleteRequestTopicsPartitions {
  partitionIndex: number;
}

export interface OffsetDeleteResponse {
  errorCode: number;
  throttleTimeMs: number;
  topics: OffsetDeleteResponseTopics[];
}

export interface OffsetDeleteResponseTopics {
  name: string;
  partitions: OffsetDeleteResponseTopicsPartitions[];
}

export interface OffsetDeleteResponseTopicsPartitions {
  partitionIndex: number;
  errorCode: number;
}
