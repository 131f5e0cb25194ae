// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface AlterPartitionReassignmentsRequest {
  timeoutMs: number;
  allowReplicationFactorChange: boolean;
  topics: AlterPartitionReassignmentsRequestTopics[];
}

export interface AlterPartitionReassignmentsRequestTopics {
  name: string;
  partitions: AlterPartitionReassignmentsRequestTopicsPartitions[];
}

export interface AlterPartitionReassignmentsRequestTopicsPartitions {
  partitionIndex: number;
  replicas: number[] | null;
}

export interface AlterPartitionReassignmentsResponse {
  throttleTimeMs: number;
  allowReplicationFactorChange: boolean;
  errorCode: number;
  errorMessage: string | null;
  responses: AlterPartitionReassignmentsResponseResponses[];
}

export interface AlterPartitionReassignmentsResponseResponses {
  name: string;
  partitions: AlterPartitionReassignmentsResponseResponsesPartitions[];
}

export interface AlterPartitionReassignmentsResponseResponsesPartitions {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
}
