// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface UnregisterBrokerRequest {
  brokerId: number;
}

export interface UnregisterBrokerResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
}
