// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface WriteShareGroupStateRequest {
  groupId: string;
  topics: WriteShareGroupStateRequestTopics[];
}

export interface WriteShareGroupStateRequestTopics {
  topicId: string;
  partitions: WriteShareGroupStateRequestTopicsPartitions[];
}

export interface WriteShareGroupStateRequestTopicsPartitions {
  partition: number;
  stateEpoch: number;
  leaderEpoch: number;
  startOffset: number;
  deliveryCompleteCount: number;
  stateBatches: WriteShareGroupStateRequestTopicsPartitionsStateBatches[];
}

export interface WriteShareGroupStateRequestTopicsPartitionsStateBatches {
  firstOffset: number;
  lastOffset: number;
  deliveryState: number;
  deliveryCount: number;
}

export interface WriteShareGroupStateResponse {
  results: WriteShareGroupStateResponseResults[];
}

export interface WriteShareGroupStateResponseResults {
  topicId: string;
  partitions: WriteShareGroupStateResponseResultsPartitions[];
}

export interface WriteShareGroupStateResponseResultsPartitions {
  partition: number;
  errorCode: number;
  errorMessage: string | null;
}
