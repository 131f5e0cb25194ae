// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeClusterRequest {
  includeClusterAuthorizedOperations: boolean;
  endpointType: number;
  includeFencedBrokers: boolean;
}

export interface DescribeClusterResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  endpointType: number;
  clusterId: string;
  controllerId: number;
  brokers: DescribeClusterResponseBrokers[];
  clusterAuthorizedOperations: number;
}

export interface DescribeClusterResponseBrokers {
  brokerId: number;
  host: string;
  port: number;
  rack: string | null;
  isFenced: boolean;
}
