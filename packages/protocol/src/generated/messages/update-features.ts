// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface UpdateFeaturesRequest {
  timeoutMs: number;
  featureUpdates: UpdateFeaturesRequestFeatureUpdates[];
  validateOnly: boolean;
}

export interface UpdateFeaturesRequestFeatureUpdates {
  feature: string;
  maxVersionLevel: number;
  allowDowngrade: boolean;
  upgradeType: number;
}

export interface UpdateFeaturesResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  results: UpdateFeaturesResponseResults[];
}

export interface UpdateFeaturesResponseResults {
  feature: string;
  errorCode: number;
  errorMessage: string | null;
}
