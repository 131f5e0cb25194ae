// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface CreatePartitionsRequest {
  topics: CreatePartitionsRequestTopics[];
  timeoutMs: number;
  validateOnly: boolean;
}

export interface CreatePartitionsRequestTopics {
  name: string;
  count: number;
  assignments: CreatePartitionsRequestTopicsAssignments[] | null;
}

export interface CreatePartitionsRequestTopicsAssignments {
  brokerIds: number[];
}

export interface CreatePartitionsResponse {
  throttleTimeMs: number;
  results: CreatePartitionsResponseResults[];
}

export interface CreatePartitionsResponseResults {
  name: string;
  errorCode: number;
  errorMessage: string | null;
}
