// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface OffsetFetchRequest {
  groupId: string;
  topics: OffsetFetchRequestTopics[] | null;
  groups: OffsetFetchRequestGroups[];
  requireStable: boolean;
}

export interface OffsetFetchRequestGroups {
  groupId: string;
  memberId: string | null;
  memberEpoch: number;
  topics: OffsetFetchRequestGroupsTopics[] | null;
}

export interface OffsetFetchRequestGroupsTopics {
  name: string;
  topicId: string;
  partitionIndexes: number[];
}

export interface OffsetFetchRequestTopics {
  name: string;
  partitionIndexes: number[];
}

export interface OffsetFetchResponse {
  throttleTimeMs: number;
  topics: OffsetFetchResponseTopics[];
  errorCode: number;
  groups: OffsetFetchResponseGroups[];
}

export interface OffsetFetchResponseGroups {
  groupId: string;
  topics: OffsetFetchResponseGroupsTopics[];
  errorCode: number;
}

export interface OffsetFetchResponseGroupsTopics {
  name: string;
  topicId: string;
  partitions: OffsetFetchResponseGroupsTopicsPartitions[];
}

export interface OffsetFetchResponseGroupsTopicsPartitions {
  partitionIndex: number;
  committedOffset: number;
  committedLeaderEpoch: number;
  metadata: string | null;
  errorCode: number;
}

export interface OffsetFetchResponseTopics {
  name: string;
  partitions: OffsetFetchResponseTopicsPartitions[];
}

export interface OffsetFetchResponseTopicsPartitions {
  partitionIndex: number;
  committedOffset: number;
  committedLeaderEpoch: number;
  metadata: string | null;
  errorCode: number;
}
