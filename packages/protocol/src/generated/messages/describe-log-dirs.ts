// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeLogDirsRequest {
  topics: DescribeLogDirsRequestTopics[] | null;
}

export interface DescribeLogDirsRequestTopics {
  topic: string;
  partitions: number[];
}

export interface DescribeLogDirsResponse {
  throttleTimeMs: number;
  errorCode: number;
  results: DescribeLogDirsResponseResults[];
}

export interface DescribeLogDirsResponseResults {
  errorCode: number;
  logDir: string;
  topics: DescribeLogDirsResponseResultsTopics[];
  totalBytes: number;
  usableBytes: number;
  isCordoned: boolean;
}

export interface DescribeLogDirsResponseResultsTopics {
  name: string;
  partitions: DescribeLogDirsResponseResultsTopicsPartitions[];
}

export interface DescribeLogDirsResponseResultsTopicsPartitions {
  partitionIndex: number;
  partitionSize: number;
  offsetLag: number;
  isFutureKey: boolean;
}
