// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ListConfigResourcesRequest {
  resourceTypes: number[];
}

export interface ListConfigResourcesResponse {
  throttleTimeMs: number;
  errorCode: number;
  configResources: ListConfigResourcesResponseConfigResources[];
}

export interface ListConfigResourcesResponseConfigResources {
  resourceName: string;
  resourceType: number;
}
