// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface DescribeClientQuotasRequest {
  components: DescribeClientQuotasRequestComponents[];
  strict: boolean;
}

export interface DescribeClientQuotasRequestComponents {
  entityType: string;
  matchType: number;
  match: string | null;
}

export interface DescribeClientQuotasResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  entries: DescribeClientQuotasResponseEntries[] | null;
}

export interface DescribeClientQuotasResponseEntries {
  entity: DescribeClientQuotasResponseEntriesEntity[];
  values: DescribeClientQuotasResponseEntriesValues[];
}

export interface DescribeClientQuotasResponseEntriesValues {
  key: string;
  value: number;
}

export interface DescribeClientQuotasResponseEntriesEntity {
  entityType: string;
  entityName: string | null;
}
