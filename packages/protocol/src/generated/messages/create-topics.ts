// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface CreateTopicsRequest {
  topics: CreateTopicsRequestTopics[];
  timeoutMs: number;
  validateOnly: boolean;
}

export interface CreateTopicsRequestTopics {
  name: string;
  numPartitions: number;
  replicationFactor: number;
  assignments: CreateTopicsRequestTopicsAssignments[];
  configs: CreateTopicsRequestTopicsConfigs[];
}

export interface CreateTopicsRequestTopicsConfigs {
  name: string;
  value: string | null;
}

export interface CreateTopicsRequestTopicsAssignments {
  partitionIndex: number;
  brokerIds: number[];
}

export interface CreateTopicsResponse {
  throttleTimeMs: number;
  topics: CreateTopicsResponseTopics[];
}

export interface CreateTopicsResponseTopics {
  name: string;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
  topicConfigErrorCode: number;
  numPartitions: number;
  replicationFactor: number;
  configs: CreateTopicsResponseTopicsConfigs[] | null;
}

export interface CreateTopicsResponseTopicsConfigs {
  name: string;
  value: string | null;
  readOnly: boolean;
  configSource: number;
  isSensitive: boolean;
}
