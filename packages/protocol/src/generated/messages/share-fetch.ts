// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ShareFetchRequest {
  groupId: string | null;
  memberId: string | null;
  shareSessionEpoch: number;
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  maxRecords: number;
  batchSize: number;
  shareAcquireMode: number;
  isRenewAck: boolean;
  topics: ShareFetchRequestTopics[];
  forgottenTopicsData: ShareFetchRequestForgottenTopicsData[];
}

export interface ShareFetchRequestForgottenTopicsData {
  topicId: string;
  partitions: number[];
}

export interface ShareFetchRequestTopics {
  topicId: string;
  partitions: ShareFetchRequestTopicsPartitions[];
}

export interface ShareFetchRequestTopicsPartitions {
  partitionIndex: number;
  partitionMaxBytes: number;
  acknowledgementBatches: ShareFetchRequestTopicsPartitionsAcknowledgementBatches[];
}

export interface ShareFetchRequestTopicsPartitionsAcknowledgementBatches {
  firstOffset: number;
  lastOffset: number;
  acknowledgeTypes: number[];
}

export interface ShareFetchResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  acquisitionLockTimeoutMs: number;
  responses: ShareFetchResponseResponses[];
  nodeEndpoints: ShareFetchResponseNodeEndpoints[];
}

export interface ShareFetchResponseNodeEndpoints {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export interface ShareFetchResponseResponses {
  topicId: string;
  partitions: ShareFetchResponseResponsesPartitions[];
}

export interface ShareFetchResponseResponsesPartitions {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  acknowledgeErrorCode: number;
  acknowledgeErrorMessage: string | null;
  currentLeader: ShareFetchResponseResponsesPartitionsCurrentLeader;
  records: Buffer | null;
  acquiredRecords: ShareFetchResponseResponsesPartitionsAcquiredRecords[];
}

export interface ShareFetchResponseResponsesPartitionsAcquiredRecords {
  firstOffset: number;
  lastOffset: number;
  deliveryCount: number;
}

export interface ShareFetchResponseResponsesPartitionsCurrentLeader {
  leaderId: number;
  leaderEpoch: number;
}
