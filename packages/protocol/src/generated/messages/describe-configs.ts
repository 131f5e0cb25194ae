// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeConfigsRequest {
  resources: DescribeConfigsRequestResources[];
  includeSynonyms: boolean;
  includeDocumentation: boolean;
}

export interface DescribeConfigsRequestResources {
  resourceType: number;
  resourceName: string;
  configurationKeys: string[] | null;
}

export interface DescribeConfigsResponse {
  throttleTimeMs: number;
  results: DescribeConfigsResponseResults[];
}

export interface DescribeConfigsResponseResults {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
  configs: DescribeConfigsResponseResultsConfigs[];
}

export interface DescribeConfigsResponseResultsConfigs {
  name: string;
  value: string | null;
  readOnly: boolean;
  configSource: number;
  isSensitive: boolean;
  synonyms: DescribeConfigsResponseResultsConfigsSynonyms[];
  configType: number;
  documentation: string | null;
}

export interface DescribeConfigsResponseResultsConfigsSynonyms {
  name: string;
  value: string | null;
  source: number;
}
