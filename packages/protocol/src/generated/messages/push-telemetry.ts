// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface PushTelemetryRequest {
  clientInstanceId: string;
  subscriptionId: number;
  terminating: boolean;
  compressionType: number;
  metrics: Buffer;
}

export interface PushTelemetryResponse {
  throttleTimeMs: number;
  errorCode: number;
}
