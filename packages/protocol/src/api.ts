import { type apiKeys, apiTable } from "./generated/api-table.ts";

/** Name of an API without `Request` or `Response`, such as `"Produce"`. */
export type ApiName = keyof typeof apiKeys;

/** What Kafka says about one API. */
export interface ApiDescriptor {
  readonly name: ApiName;
  /** Number that a request starts with. */
  readonly key: number;
  /** Oldest version of the current Kafka release. */
  readonly minVersion: number;
  /** Newest stable version. */
  readonly maxVersion: number;
  /** Whether the tables also hold `maxVersion + 1`, which may still change. Such a version should not be advertised. */
  readonly latestVersionUnstable: boolean;
  /** First version with compact lengths and tagged fields (KIP-482); `undefined` when no version has them. */
  readonly flexibleFrom: number | undefined;
}

/** Every API that a Kafka broker listens to, by name. */
export const apis: Readonly<Record<ApiName, ApiDescriptor>> = apiTable;

const byKey: ReadonlyMap<number, ApiDescriptor> = new Map(Object.values(apis).map((api) => [api.key, api]));

/** The API with this key, or `undefined` when the tables do not have it. */
export function apiByKey(key: number): ApiDescriptor | undefined {
  return byKey.get(key);
}
