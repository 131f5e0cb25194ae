// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ProduceRequest {
  transactionalId: string | null;
  acks: number;
  timeoutMs: number;
  topicData: ProduceRequestTopicData[];
}

export interface ProduceRequestTopicData {
  name: string;
  topicId: string;
  partitionData: ProduceRequestTopicDataPartitionData[];
}

export interface ProduceRequestTopicDataPartitionData {
  index: number;
  records: Buffer | null;
}

export interface ProduceResponse {
  responses: ProduceResponseResponses[];
  throttleTimeMs: number;
  nodeEndpoints: ProduceResponseNodeEndpoints[];
}

export interface ProduceResponseNodeEndpoints {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export interface ProduceResponseResponses {
  name: string;
  topicId: string;
  partitionResponses: ProduceResponseResponsesPartitionResponses[];
}

export interface ProduceResponseResponsesPartitionResponses {
  index: number;
  errorCode: number;
  baseOffset: number;
  logAppendTimeMs: number;
  logStartOffset: number;
  recordErrors: ProduceResponseResponsesPartitionResponsesRecordErrors[];
  errorMessage: string | null;
  currentLeader: ProduceResponseResponsesPartitionResponsesCurrentLeader;
}

export interface ProduceResponseResponsesPartitionResponsesCurrentLeader {
  leaderId: number;
  leaderEpoch: number;
}

export interface ProduceResponseResponsesPartitionResponsesRecordErrors {
  batchIndex: number;
  batchIndexErrorMessage: string | null;
}
