// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DeleteRecordsRequest {
  topics: DeleteRecordsRequestTopics[];
  timeoutMs: number;
}

export interface DeleteRecordsRequestTopics {
  name: string;
  partitions: DeleteRecordsRequestTopicsPartitions[];
}

export interface DeleteRecordsRequestTopicsPartitions {
  partitionIndex: number;
  offset: number;
}

export interface DeleteRecordsResponse {
  throttleTimeMs: number;
  topics: DeleteRecordsResponseTopics[];
}

export interface DeleteRecordsResponseTopics {
  name: string;
  partitions: DeleteRecordsResponseTopicsPartitions[];
}

export interface DeleteRecordsResponseTopicsPartitions {
  partitionIndex: number;
  lowWatermark: number;
  errorCode: number;
}
