// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ReadShareGroupStateRequest {
  groupId: string;
  topics: ReadShareGroupStateRequestTopics[];
}

export interface ReadShareGroupStateRequestTopics {
  topicId: string;
  partitions: ReadShareGroupStateRequestTopicsPartitions[];
}

export interface ReadShareGroupStateRequestTopicsPartitions {
  partition: number;
  leaderEpoch: number;
}

export interface ReadShareGroupStateResponse {
  results: ReadShareGroupStateResponseResults[];
}

export interface ReadShareGroupStateResponseResults {
  topicId: string;
  partitions: ReadShareGroupStateResponseResultsPartitions[];
}

export interface ReadShareGroupStateResponseResultsPartitions {
  partition: number;
  errorCode: number;
  errorMessage: string | null;
  stateEpoch: number;
  startOffset: number;
  stateBatches: ReadShareGroupStateResponseResultsPartitionsStateBatches[];
}

export interface ReadShareGroupStateResponseResultsPartitionsStateBatches {
  firstOffset: number;
  lastOffset: number;
  deliveryState: number;
  deliveryCount: number;
}
