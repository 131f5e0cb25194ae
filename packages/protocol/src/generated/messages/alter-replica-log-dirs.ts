// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface AlterReplicaLogDirsRequest {
  dirs: AlterReplicaLogDirsRequestDirs[];
}

export interface AlterReplicaLogDirsRequestDirs {
  path: string;
  topics: AlterReplicaLogDirsRequestDirsTopics[];
}

export interface AlterReplicaLogDirsRequestDirsTopics {
  name: string;
  partitions: number[];
}

export interface AlterReplicaLogDirsResponse {
  throttleTimeMs: number;
  results: AlterReplicaLogDirsResponseResults[];
}

export interface AlterReplicaLogDirsResponseResults {
  topicName: string;
  partitions: AlterReplicaLogDirsResponseResultsPartitions[];
}

export interface AlterReplicaLogDirsResponseResultsPartitions {
  partitionIndex: number;
  errorCode: number;
}
