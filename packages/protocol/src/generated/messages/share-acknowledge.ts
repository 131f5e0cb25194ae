// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ShareAcknowledgeRequest {
  groupId: string | null;
  memberId: string | null;
  shareSessionEpoch: number;
  isRenewAck: boolean;
  topics: ShareAcknowledgeRequestTopics[];
}

export interface ShareAcknowledgeRequestTopics {
  topicId: string;
  partitions: ShareAcknowledgeRequestTopicsPartitions[];
}

export interface ShareAcknowledgeRequestTopicsPartitions {
  partitionIndex: number;
  acknowledgementBatches: ShareAcknowledgeRequestTopicsPartitionsAcknowledgementBatches[];
}

export interface ShareAcknowledgeRequestTopicsPartitionsAcknowledgementBatches {
  firstOffset: number;
  lastOffset: number;
  acknowledgeTypes: number[];
}

export interface ShareAcknowledgeResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  acquisitionLockTimeoutMs: number;
  responses: ShareAcknowledgeResponseResponses[];
  nodeEndpoints: ShareAcknowledgeResponseNodeEndpoints[];
}

export interface ShareAcknowledgeResponseNodeEndpoints {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export interface ShareAcknowledgeResponseResponses {
  topicId: string;
  partitions: ShareAcknowledgeResponseResponsesPartitions[];
}

export interface ShareAcknowledgeResponseResponsesPartitions {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  currentLeader: ShareAcknowledgeResponseResponsesPartitionsCurrentLeader;
}

export interface ShareAcknowledgeResponseResponsesPartitionsCurrentLeader {
  leaderId: number;
  leaderEpoch: number;
}
