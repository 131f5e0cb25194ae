// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ListTransactionsRequest {
  stateFilters: string[];
  producerIdFilters: number[];
  durationFilter: number;
  transactionalIdPattern: string | null;
}

export interface ListTransactionsResponse {
  throttleTimeMs: number;
  errorCode: number;
  unknownStateFilters: string[];
  transactionStates: ListTransactionsResponseTransactionStates[];
}

export interface ListTransactionsResponseTransactionStates {
  transactionalId: string;
  producerId: number;
  transactionState: string;
}
