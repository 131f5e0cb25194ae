// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeProducersRequest {
  topics: DescribeProducersRequestTopics[];
}

export interface DescribeProducersRequestTopics {
  name: string;
  partitionIndexes: number[];
}

export interface DescribeProducersResponse {
  throttleTimeMs: number;
  topics: DescribeProducersResponseTopics[];
}

export interface DescribeProducersResponseTopics {
  name: string;
  partitions: DescribeProducersResponseTopicsPartitions[];
}

export interface DescribeProducersResponseTopicsPartitions {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  activeProducers: DescribeProducersResponseTopicsPartitionsActiveProducers[];
}

export interface DescribeProducersResponseTopicsPartitionsActiveProducers {
  producerId: number;
  producerEpoch: number;
  lastSequence: number;
  lastTimestamp: number;
  coordinatorEpoch: number;
  currentTxnStartOffset: number;
}
