// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ListPartitionReassignmentsRequest {
  timeoutMs: number;
  topics: ListPartitionReassignmentsRequestTopics[] | null;
}

export interface ListPartitionReassignmentsRequestTopics {
  name: string;
  partitionIndexes: number[];
}

export interface ListPartitionReassignmentsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  topics: ListPartitionReassignmentsResponseTopics[];
}

export interface ListPartitionReassignmentsResponseTopics {
  name: string;
  partitions: ListPartitionReassignmentsResponseTopicsPartitions[];
}

export interface ListPartitionReassignmentsResponseTopicsPartitions {
  partitionIndex: number;
  replicas: number[];
  addingReplicas: number[];
  removingReplicas: number[];
}
