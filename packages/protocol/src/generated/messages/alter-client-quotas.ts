// Written by tooling/protocol from the message definitions in Apache Kafka's client jar. Do not edit.
export interface AlterClientQuotasRequest {
  entries: AlterClientQuotasRequestEntries[];
  validateOnly: boolean;
}

export interface AlterClientQuotasRequestEntries {
  entity: AlterClientQuotasRequestEntriesEntity[];
  ops: AlterClientQuotasRequestEntriesOps[];
}

export interface AlterClientQuotasRequestEntriesOps {
  key: string;
  value: number;
  remove: boolean;
}

export interface AlterClientQuotasRequestEntriesEntity {
  entityType: string;
  entityName: string | null;
}

export interface AlterClientQuotasResponse {
  throttleTimeMs: number;
  entries: AlterClientQuotasResponseEntries[];
}

export interface AlterClientQuotasResponseEntries {
  errorCode: number;
  errorMessage: string | null;
  entity: AlterClientQuotasResponseEntriesEntity[];
}

export interface AlterClientQuotasResponseEntriesEntity {
  entityType: string;
  entityName: string | null;
}
