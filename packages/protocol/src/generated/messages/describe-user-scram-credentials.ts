// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeUserScramCredentialsRequest {
  users: DescribeUserScramCredentialsRequestUsers[] | null;
}

export interface DescribeUserScramCredentialsRequestUsers {
  name: string;
}

export interface DescribeUserScramCredentialsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  results: DescribeUserScramCredentialsResponseResults[];
}

export interface DescribeUserScramCredentialsResponseResults {
  user: string;
  errorCode: number;
  errorMessage: string | null;
  credentialInfos: DescribeUserScramCredentialsResponseResultsCredentialInfos[];
}

export interface DescribeUserScramCredentialsResponseResultsCredentialInfos {
  mechanism: number;
  iterations: number;
}
