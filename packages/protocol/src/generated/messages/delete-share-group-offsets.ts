// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DeleteShareGroupOffsetsRequest {
  groupId: string;
  topics: DeleteShareGroupOffsetsRequestTopics[];
}

export interface DeleteShareGroupOffsetsRequestTopics {
  topicName: string;
}

export interface DeleteShareGroupOffsetsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  responses: DeleteShareGroupOffsetsResponseResponses[];
}

export interface DeleteShareGroupOffsetsResponseResponses {
  topicName: string;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
}
