// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface ApiVersionsRequest {
  clientSoftwareName: string;
  clientSoftwareVersion: string;
}

export interface ApiVersionsResponse {
  errorCode: number;
  apiKeys: ApiVersionsResponseApiKeys[];
  throttleTimeMs: number;
  supportedFeatures: ApiVersionsResponseSupportedFeatures[];
  finalizedFeaturesEpoch: number;
  finalizedFeatures: ApiVersionsResponseFinalizedFeatures[];
  zkMigrationReady: boolean;
}

export interface ApiVersionsResponseFinalizedFeatures {
  name: string;
  maxVersionLevel: number;
  minVersionLevel: number;
}

export interface ApiVersionsResponseSupportedFeatures {
  name: string;
  minVersion: number;
  maxVersion: number;
}

export interface ApiVersionsResponseApiKeys {
  apiKey: number;
  minVersion: number;
  maxVersion: number;
}
