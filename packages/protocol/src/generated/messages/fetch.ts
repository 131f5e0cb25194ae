// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface FetchRequest {
  clusterId: string | null;
  replicaId: number;
  replicaState: FetchRequestReplicaState;
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  isolationLevel: number;
  sessionId: number;
  sessionEpoch: number;
  topics: FetchRequestTopics[];
  forgottenTopicsData: FetchRequestForgottenTopicsData[];
  rackId: string;
}

export interface FetchRequestForgottenTopicsData {
  topic: string;
  topicId: string;
  partitions: number[];
}

export interface FetchRequestTopics {
  topic: string;
  topicId: string;
  partitions: FetchRequestTopicsPartitions[];
}

export interface FetchRequestTopicsPartitions {
  partition: number;
  currentLeaderEpoch: number;
  fetchOffset: number;
  lastFetchedEpoch: number;
  logStartOffset: number;
  partitionMaxBytes: number;
  replicaDirectoryId: string;
  highWatermark: number;
}

export interface FetchRequestReplicaState {
  replicaId: number;
  replicaEpoch: number;
}

export interface FetchResponse {
  throttleTimeMs: number;
  errorCode: number;
  sessionId: number;
  responses: FetchResponseResponses[];
  nodeEndpoints: FetchResponseNodeEndpoints[];
}

export interface FetchResponseNodeEndpoints {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
}

export interface FetchResponseResponses {
  topic: string;
  topicId: string;
  partitions: FetchResponseResponsesPartitions[];
}

export interface FetchResponseResponsesPartitions {
  partitionIndex: number;
  errorCode: number;
  highWatermark: number;
  lastStableOffset: number;
  logStartOffset: number;
  divergingEpoch: FetchResponseResponsesPartitionsDivergingEpoch;
  currentLeader: FetchResponseResponsesPartitionsCurrentLeader;
  snapshotId: FetchResponseResponsesPartitionsSnapshotId;
  abortedTransactions: FetchResponseResponsesPartitionsAbortedTransactions[] | null;
  preferredReadReplica: number;
  records: Buffer | null;
}

export interface FetchResponseResponsesPartitionsAbortedTransactions {
  producerId: number;
  firstOffset: number;
}

export interface FetchResponseResponsesPartitionsSnapshotId {
  endOffset: number;
  epoch: number;
}

export interface FetchResponseResponsesPartitionsCurrentLeader {
  leaderId: number;
  leaderEpoch: number;
}

export interface FetchResponseResponsesPartitionsDivergingEpoch {
  epoch: number;
  endOffset: number;
}
