// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface InitializeShareGroupStateRequest {
  groupId: string;
  topics: InitializeShareGroupStateRequestTopics[];
}

export interface InitializeShareGroupStateRequestTopics {
  topicId: string;
  partitions: InitializeShareGroupStateRequestTopicsPartitions[];
}

export interface InitializeShareGroupStateRequestTopicsPartitions {
  partition: number;
  stateEpoch: number;
  startOffset: number;
}

export interface InitializeShareGroupStateResponse {
  results: InitializeShareGroupStateResponseResults[];
}

export interface InitializeShareGroupStateResponseResults {
  topicId: string;
  partitions: InitializeShareGroupStateResponseResultsPartitions[];
}

export interface InitializeShareGroupStateResponseResultsPartitions {
  partition: number;
  errorCode: number;
  errorMessage: string | null;
}
