// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeAclsRequest {
  resourceTypeFilter: number;
  resourceNameFilter: string | null;
  patternTypeFilter: number;
  principalFilter: string | null;
  hostFilter: string | null;
  operation: number;
  permissionType: number;
}

export interface DescribeAclsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  resources: DescribeAclsResponseResources[];
}

export interface DescribeAclsResponseResources {
  resourceType: number;
  resourceName: string;
  patternType: number;
  acls: DescribeAclsResponseResourcesAcls[];
}

export interface DescribeAclsResponseResourcesAcls {
  principal: string;
  host: string;
  operation: number;
  permissionType: number;
}
