// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ListOffsetsRequest {
  replicaId: number;
  isolationLevel: number;
  topics: ListOffsetsRequestTopics[];
  timeoutMs: number;
}

export interface ListOffsetsRequestTopics {
  name: string;
  partitions: ListOffsetsRequestTopicsPartitions[];
}

export interface ListOffsetsRequestTopicsPartitions {
  partitionIndex: number;
  currentLeaderEpoch: number;
  timestamp: number;
}

export interface ListOffsetsResponse {
  throttleTimeMs: number;
  topics: ListOffsetsResponseTopics[];
}

export interface ListOffsetsResponseTopics {
  name: string;
  partitions: ListOffsetsResponseTopicsPartitions[];
}

export interface ListOffsetsResponseTopicsPartitions {
  partitionIndex: number;
  errorCode: number;
  timestamp: number;
  offset: number;
  leaderEpoch: number;
}
