// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface AlterConfigsRequest {
  resources: AlterConfigsRequestResources[];
  validateOnly: boolean;
}

export interface AlterConfigsRequestResources {
  resourceType: number;
  resourceName: string;
  configs: AlterConfigsRequestResourcesConfigs[];
}

export interface AlterConfigsRequestResourcesConfigs {
  name: string;
  value: string | null;
}

export interface AlterConfigsResponse {
  throttleTimeMs: number;
  responses: AlterConfigsResponseResponses[];
}

export interface AlterConfigsResponseResponses {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
}
