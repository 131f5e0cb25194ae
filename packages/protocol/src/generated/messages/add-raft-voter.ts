// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface AddRaftVoterRequest {
  clusterId: string | null;
  timeoutMs: number;
  voterId: number;
  voterDirectoryId: string;
  listeners: AddRaftVoterRequestListeners[];
  ackWhenCommitted: boolean;
}

export interface AddRaftVoterRequestListeners {
  name: string;
  host: string;
  port: number;
}

export interface AddRaftVoterResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
}
