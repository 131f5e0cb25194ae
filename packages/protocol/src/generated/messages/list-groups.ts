// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ListGroupsRequest {
  statesFilter: string[];
  typesFilter: string[];
}

export interface ListGroupsResponse {
  throttleTimeMs: number;
  errorCode: number;
  groups: ListGroupsResponseGroups[];
}

export interface ListGroupsResponseGroups {
  groupId: string;
  protocolType: string;
  groupState: string;
  groupType: string;
}
