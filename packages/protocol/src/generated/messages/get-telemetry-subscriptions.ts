// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface GetTelemetrySubscriptionsRequest {
  clientInstanceId: string;
}

export interface GetTelemetrySubscriptionsResponse {
  throttleTimeMs: number;
  errorCode: number;
  clientInstanceId: string;
  subscriptionId: number;
  acceptedCompressionTypes: number[];
  pushIntervalMs: number;
  telemetryMaxBytes: number;
  deltaTemporality: boolean;
  requestedMetrics: string[];
}
