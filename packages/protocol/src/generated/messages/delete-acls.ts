// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DeleteAclsRequest {
  filters: DeleteAclsRequestFilters[];
}

export interface DeleteAclsRequestFilters {
  resourceTypeFilter: number;
  resourceNameFilter: string | null;
  patternTypeFilter: number;
  principalFilter: string | null;
  hostFilter: string | null;
  operation: number;
  permissionType: number;
}

export interface DeleteAclsResponse {
  throttleTimeMs: number;
  filterResults: DeleteAclsResponseFilterResults[];
}

export interface DeleteAclsResponseFilterResults {
  errorCode: number;
  errorMessage: string | null;
  matchingAcls: DeleteAclsResponseFilterResultsMatchingAcls[];
}

export interface DeleteAclsResponseFilterResultsMatchingAcls {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
  patternType: number;
  principal: string;
  host: string;
  operation: number;
  permissionType: number;
}
