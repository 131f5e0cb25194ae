// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface IncrementalAlterConfigsRequest {
  resources: IncrementalAlterConfigsRequestResources[];
  validateOnly: boolean;
}

export interface IncrementalAlterConfigsRequestResources {
  resourceType: number;
  resourceName: string;
  configs: IncrementalAlterConfigsRequestResourcesConfigs[];
}

export interface IncrementalAlterConfigsRequestResourcesConfigs {
  name: string;
  configOperation: number;
  value: string | null;
}

export interface IncrementalAlterConfigsResponse {
  throttleTimeMs: number;
  responses: IncrementalAlterConfigsResponseResponses[];
}

export interface IncrementalAlterConfigsResponseResponses {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
}
