// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface AlterUserScramCredentialsRequest {
  deletions: AlterUserScramCredentialsRequestDeletions[];
  upsertions: AlterUserScramCredentialsRequestUpsertions[];
}

export interface AlterUserScramCredentialsRequestUpsertions {
  name: string;
  mechanism: number;
  iterations: number;
  salt: Buffer;
  saltedPassword: Buffer;
}

export interface AlterUserScramCredentialsRequestDeletions {
  name: string;
  mechanism: number;
}

export interface AlterUserScramCredentialsResponse {
  throttleTimeMs: number;
  results: AlterUserScramCredentialsResponseResults[];
}

export interface AlterUserScramCredentialsResponseResults {
  user: string;
  errorCode: number;
  errorMessage: string | null;
}
