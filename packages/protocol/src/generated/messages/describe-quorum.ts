// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeQuorumRequest {
  topics: DescribeQuorumRequestTopics[];
}

export interface DescribeQuorumRequestTopics {
  topicName: string;
  partitions: DescribeQuorumRequestTopicsPartitions[];
}

export interface DescribeQuorumRequestTopicsPartitions {
  partitionIndex: number;
}

export interface DescribeQuorumResponse {
  errorCode: number;
  errorMessage: string | null;
  topics: DescribeQuorumResponseTopics[];
  nodes: DescribeQuorumResponseNodes[];
}

export interface DescribeQuorumResponseNodes {
  nodeId: number;
  listeners: DescribeQuorumResponseNodesListeners[];
}

export interface DescribeQuorumResponseNodesListeners {
  name: string;
  host: string;
  port: number;
}

export interface DescribeQuorumResponseTopics {
  topicName: string;
  partitions: DescribeQuorumResponseTopicsPartitions[];
}

export interface DescribeQuorumResponseTopicsPartitions {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  leaderId: number;
  leaderEpoch: number;
  highWatermark: number;
  currentVoters: DescribeQuorumResponseReplicaState[];
  observers: DescribeQuorumResponseReplicaState[];
}

export interface DescribeQuorumResponseReplicaState {
  replicaId: number;
  replicaDirectoryId: string;
  logEndOffset: number;
  lastFetchTimestamp: number;
  lastCaughtUpTimestamp: number;
}
