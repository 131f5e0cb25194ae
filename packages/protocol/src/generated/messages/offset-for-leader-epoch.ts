// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface OffsetForLeaderEpochRequest {
  replicaId: number;
  topics: OffsetForLeaderEpochRequestTopics[];
}

export interface OffsetForLeaderEpochRequestTopics {
  topic: string;
  partitions: OffsetForLeaderEpochRequestTopicsPartitions[];
}

export interface OffsetForLeaderEpochRequestTopicsPartitions {
  partition: number;
  currentLeaderEpoch: number;
  leaderEpoch: number;
}

export interface OffsetForLeaderEpochResponse {
  throttleTimeMs: number;
  topics: OffsetForLeaderEpochResponseTopics[];
}

export interface OffsetForLeaderEpochResponseTopics {
  topic: string;
  partitions: OffsetForLeaderEpochResponseTopicsPartitions[];
}

export interface OffsetForLeaderEpochResponseTopicsPartitions {
  errorCode: number;
  partition: number;
  leaderEpoch: number;
  endOffset: number;
}
