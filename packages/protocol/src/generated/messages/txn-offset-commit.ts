// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface TxnOffsetCommitRequest {
  transactionalId: string;
  groupId: string;
  producerId: number;
  producerEpoch: number;
  generationId: number;
  memberId: string;
  groupInstanceId: string | null;
  topics: TxnOffsetCommitRequestTopics[];
}

export interface TxnOffsetCommitRequestTopics {
  name: string;
  partitions: TxnOffsetCommitRequestTopicsPartitions[];
}

export interface TxnOffsetCommitRequestTopicsPartitions {
  partitionIndex: number;
  committedOffset: number;
  committedLeaderEpoch: number;
  committedMetadata: string | null;
}

export interface TxnOffsetCommitResponse {
  throttleTimeMs: number;
  topics: TxnOffsetCommitResponseTopics[];
}

export interface TxnOffsetCommitResponseTopics {
  name: string;
  partitions: TxnOffsetCommitResponseTopicsPartitions[];
}

export interface TxnOffsetCommitResponseTopicsPartitions {
  partitionIndex: number;
  errorCode: number;
}
