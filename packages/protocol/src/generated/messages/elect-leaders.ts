// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ElectLeadersRequest {
  electionType: number;
  topicPartitions: ElectLeadersRequestTopicPartitions[] | null;
  timeoutMs: number;
}

export interface ElectLeadersRequestTopicPartitions {
  topic: string;
  partitions: number[];
}

export interface ElectLeadersResponse {
  throttleTimeMs: number;
  errorCode: number;
  replicaElectionResults: ElectLeadersResponseReplicaElectionResults[];
}

export interface ElectLeadersResponseReplicaElectionResults {
  topic: string;
  partitionResult: ElectLeadersResponseReplicaElectionResultsPartitionResult[];
}

export interface ElectLeadersResponseReplicaElectionResultsPartitionResult {
  partitionId: number;
  errorCode: number;
  errorMessage: string | null;
}
