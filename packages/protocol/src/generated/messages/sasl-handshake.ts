// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface SaslHandshakeRequest {
  mechanism: string;
}

export interface SaslHandshakeResponse {
  errorCode: number;
  mechanisms: string[];
}
