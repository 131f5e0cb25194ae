import { apis } from "@millrace/protocol";

/** Which versions of an API are spoken. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** An API that this client uses. */
export type SpokenApi =
  | "ApiVersions"
  | "CreatePartitions"
  | "CreateTopics"
  | "DeleteGroups"
  | "DeleteRecords"
  | "DeleteTopics"
  | "DescribeConfigs"
  | "DescribeGroups"
  | "Fetch"
  | "FindCoordinator"
  | "Heartbeat"
  | "InitProducerId"
  | "JoinGroup"
  | "LeaveGroup"
  | "ListGroups"
  | "ListOffsets"
  | "Metadata"
  | "OffsetCommit"
  | "OffsetFetch"
  | "Produce"
  | "SyncGroup";

/**
 * What this client speaks: from what Kafka 2.1 served to the newest, or the last one that names topics instead of giving their ids (Produce, Fetch,
 * OffsetCommit, OffsetFetch).
 */
export const spokenVersions: Readonly<Record<SpokenApi, VersionRange>> = {
  // The newest that needs no second try with brokers of before Kafka 2.4.
  ApiVersions: { min: 2, max: 2 },
  CreatePartitions: { min: 0, max: 3 },
  CreateTopics: { min: 2, max: 7 },
  DeleteGroups: { min: 0, max: 2 },
  DeleteRecords: { min: 0, max: 2 },
  DeleteTopics: { min: 1, max: 6 },
  DescribeConfigs: { min: 1, max: 4 },
  DescribeGroups: { min: 0, max: 6 },
  Fetch: { min: 4, max: 12 },
  FindCoordinator: { min: 1, max: 6 },
  Heartbeat: { min: 1, max: 4 },
  InitProducerId: { min: 0, max: 5 },
  JoinGroup: { min: 2, max: 9 },
  LeaveGroup: { min: 1, max: 5 },
  ListGroups: { min: 0, max: 5 },
  ListOffsets: { min: 1, max: 8 },
  Metadata: { min: 4, max: 13 },
  OffsetCommit: { min: 2, max: 9 },
  OffsetFetch: { min: 1, max: 9 },
  Produce: { min: 3, max: 12 },
  SyncGroup: { min: 1, max: 5 },
};

/** The newest version that both sides speak; `undefined` when there is none. */
export function chooseVersion(api: SpokenApi, offered: VersionRange | undefined): number | undefined {
  if (offered === undefined) return undefined;
  const { min, max } = spokenVersions[api];
  const version = Math.min(offered.max, max, apis[api].maxVersion);
  return version >= Math.max(offered.min, min) ? version : undefined;
}
