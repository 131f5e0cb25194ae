// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeTransactionsRequest {
  transactionalIds: string[];
}

export interface DescribeTransactionsResponse {
  throttleTimeMs: number;
  transactionStates: DescribeTransactionsResponseTransactionStates[];
}

export interface DescribeTransactionsResponseTransactionStates {
  errorCode: number;
  transactionalId: string;
  transactionState: string;
  transactionTimeoutMs: number;
  transactionStartTimeMs: number;
  producerId: number;
  producerEpoch: number;
  topics: DescribeTransactionsResponseTransactionStatesTopics[];
}

export interface DescribeTransactionsResponseTransactionStatesTopics {
  topic: string;
  partitions: number[];
}
