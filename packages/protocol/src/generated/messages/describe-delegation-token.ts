// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeDelegationTokenRequest {
  owners: DescribeDelegationTokenRequestOwners[] | null;
}

export interface DescribeDelegationTokenRequestOwners {
  principalType: string;
  principalName: string;
}

export interface DescribeDelegationTokenResponse {
  errorCode: number;
  tokens: DescribeDelegationTokenResponseTokens[];
  throttleTimeMs: number;
}

export interface DescribeDelegationTokenResponseTokens {
  principalType: string;
  principalName: string;
  tokenRequesterPrincipalType: string;
  tokenRequesterPrincipalName: string;
  issueTimestamp: number;
  expiryTimestamp: number;
  maxTimestamp: number;
  tokenId: string;
  hmac: Buffer;
  renewers: DescribeDelegationTokenResponseTokensRenewers[];
}

export interface DescribeDelegationTokenResponseTokensRenewers {
  principalType: string;
  principalName: string;
}
