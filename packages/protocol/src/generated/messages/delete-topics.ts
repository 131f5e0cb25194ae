// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DeleteTopicsRequest {
  topics: DeleteTopicsRequestTopics[];
  topicNames: string[];
  timeoutMs: number;
}

export interface DeleteTopicsRequestTopics {
  name: string | null;
  topicId: string;
}

export interface DeleteTopicsResponse {
  throttleTimeMs: number;
  responses: DeleteTopicsResponseResponses[];
}

export interface DeleteTopicsResponseResponses {
  name: string | null;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
}
