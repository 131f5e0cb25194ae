// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ReadShareGroupStateSummaryRequest {
  groupId: string;
  topics: ReadShareGroupStateSummaryRequestTopics[];
}

export interface ReadShareGroupStateSummaryRequestTopics {
  topicId: string;
  partitions: ReadShareGroupStateSummaryRequestTopicsPartitions[];
}

export interface ReadShareGroupStateSummaryRequestTopicsPartitions {
  partition: number;
  leaderEpoch: number;
}

export interface ReadShareGroupStateSummaryResponse {
  results: ReadShareGroupStateSummaryResponseResults[];
}

export interface ReadShareGroupStateSummaryResponseResults {
  topicId: string;
  partitions: ReadShareGroupStateSummaryResponseResultsPartitions[];
}

export interface ReadShareGroupStateSummaryResponseResultsPartitions {
  partition: number;
  errorCode: number;
  errorMessage: string | null;
  stateEpoch: number;
  leaderEpoch: number;
  startOffset: number;
  deliveryCompleteCount: number;
}
