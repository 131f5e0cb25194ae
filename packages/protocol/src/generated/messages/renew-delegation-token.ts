// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface RenewDelegationTokenRequest {
  hmac: Buffer;
  renewPeriodMs: number;
}

export interface RenewDelegationTokenResponse {
  errorCode: number;
  expiryTimestampMs: number;
  throttleTimeMs: number;
}
