// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface WriteTxnMarkersRequest {
  markers: WriteTxnMarkersRequestMarkers[];
}

export interface WriteTxnMarkersRequestMarkers {
  producerId: number;
  producerEpoch: number;
  transactionResult: boolean;
  topics: WriteTxnMarkersRequestMarkersTopics[];
  coordinatorEpoch: number;
  transactionVersion: number;
}

export interface WriteTxnMarkersRequestMarkersTopics {
  name: string;
  partitionIndexes: number[];
}

export interface WriteTxnMarkersResponse {
  markers: WriteTxnMarkersResponseMarkers[];
}

export interface WriteTxnMarkersResponseMarkers {
  producerId: number;
  topics: WriteTxnMarkersResponseMarkersTopics[];
}

export interface WriteTxnMarkersResponseMarkersTopics {
  name: string;
  partitions: WriteTxnMarkersResponseMarkersTopicsPartitions[];
}

export interface WriteTxnMarkersResponseMarkersTopicsPartitions {
  partitionIndex: number;
  errorCode: number;
}
