// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeShareGroupOffsetsRequest {
  groups: DescribeShareGroupOffsetsRequestGroups[];
}

export interface DescribeShareGroupOffsetsRequestGroups {
  groupId: string;
  topics: DescribeShareGroupOffsetsRequestGroupsTopics[] | null;
}

export interface DescribeShareGroupOffsetsRequestGroupsTopics {
  topicName: string;
  partitions: number[];
}

export interface DescribeShareGroupOffsetsResponse {
  throttleTimeMs: number;
  groups: DescribeShareGroupOffsetsResponseGroups[];
}

export interface DescribeShareGroupOffsetsResponseGroups {
  groupId: string;
  topics: DescribeShareGroupOffsetsResponseGroupsTopics[];
  errorCode: number;
  errorMessage: string | null;
}

export interface DescribeShareGroupOffsetsResponseGroupsTopics {
  topicName: string;
  topicId: string;
  partitions: DescribeShareGroupOffsetsResponseGroupsTopicsPartitions[];
}

export interface DescribeShareGroupOffsetsResponseGroupsTopicsPartitions {
  partitionIndex: number;
  startOffset: number;
  leaderEpoch: number;
  lag: number;
  errorCode: number;
  errorMessage: string | null;
}
