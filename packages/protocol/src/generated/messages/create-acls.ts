// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface CreateAclsRequest {
  creations: CreateAclsRequestCreations[];
}

export interface CreateAclsRequestCreations {
  resourceType: number;
  resourceName: string;
  resourcePatternType: number;
  principal: string;
  host: string;
  operation: number;
  permissionType: number;
}

export interface CreateAclsResponse {
  throttleTimeMs: number;
  results: CreateAclsResponseResults[];
}

export interface CreateAclsResponseResults {
  errorCode: number;
  errorMessage: string | null;
}
