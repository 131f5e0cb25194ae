// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DeleteShareGroupStateRequest {
  groupId: string;
  topics: DeleteShareGroupStateRequestTopics[];
}

export interface DeleteShareGroupStateRequestTopics {
  topicId: string;
  partitions: DeleteShareGroupStateRequestTopicsPartitions[];
}

export interface DeleteShareGroupStateRequestTopicsPartitions {
  partition: number;
}

export interface DeleteShareGroupStateResponse {
  results: DeleteShareGroupStateResponseResults[];
}

export interface DeleteShareGroupStateResponseResults {
  topicId: string;
  partitions: DeleteShareGroupStateResponseResultsPartitions[];
}

export interface DeleteShareGroupStateResponseResultsPartitions {
  partition: number;
  errorCode: number;
  errorMessage: string | null;
}
