// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface MetadataRequest {
  topics: MetadataRequestTopics[] | null;
  allowAutoTopicCreation: boolean;
  includeClusterAuthorizedOperations: boolean;
  includeTopicAuthorizedOperations: boolean;
}

export interface MetadataRequestTopics {
  topicId: string;
  name: string | null;
}

export interface MetadataResponse {
  throttleTimeMs: number;
  brokers: MetadataResponseBrokers[];
  clusterId: string | null;
  controllerId: number;
  topics: MetadataResponseTopics[];
  clusterAuthorizedOperations: number;
  errorCode: number;
}

export interface MetadataResponseTopics {
  errorCode: number;
  name: string | null;
  topicId: string;
  isInternal: boolean;
  partitions: MetadataResponseTopicsPartitions[];
  topicAuthorizedOperations: number;
}

export interface MetadataResponseTopicsPartitions {
  errorCode: number;
  partitionIndex: number;
  leaderId: number;
  leaderEpoch: number;
  replicaNodes: number[];
  isrNodes: number[];
  offlineReplicas: number[];
}

export interface MetadataResponseBrokers {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}
