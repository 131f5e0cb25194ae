// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface OffsetCommitRequest {
  groupId: string;
  generationIdOrMemberEpoch: number;
  memberId: string;
  groupInstanceId: string | null;
  retentionTimeMs: number;
  topics: OffsetCommitRequestTopics[];
}

export interface OffsetCommitRequestTopics {
  name: string;
  topicId: string;
  partitions: OffsetCommitRequestTopicsPartitions[];
}

export interface OffsetCommitRequestTopicsPartitions {
  partitionIndex: number;
  committedOffset: number;
  committedLeaderEpoch: number;
  committedMetadata: string | null;
}

export interface OffsetCommitResponse {
  throttleTimeMs: number;
  topics: OffsetCommitResponseTopics[];
}

export interface OffsetCommitResponseTopics {
  name: string;
  topicId: string;
  partitions: OffsetCommitResponseTopicsPartitions[];
}

export interface OffsetCommitResponseTopicsPartitions {
  partitionIndex: number;
  errorCode: number;
}
