// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface CreateDelegationTokenRequest {
  ownerPrincipalType: string | null;
  ownerPrincipalName: string | null;
  renewers: CreateDelegationTokenRequestRenewers[];
  maxLifetimeMs: number;
}

export interface CreateDelegationTokenRequestRenewers {
  principalType: string;
  principalName: string;
}

export interface CreateDelegationTokenResponse {
  errorCode: number;
  principalType: string;
  principalName: string;
  tokenRequesterPrincipalType: string;
  tokenRequesterPrincipalName: string;
  issueTimestampMs: number;
  expiryTimestampMs: number;
  maxTimestampMs: number;
  tokenId: string;
  hmac: Buffer;
  throttleTimeMs: number;
}
