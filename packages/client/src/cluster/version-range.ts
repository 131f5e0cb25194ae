import { apis } from "@millrace/protocol";

/** Which versions of an API are spoken. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** An API that this client uses. */
export type SpokenApi =
  | "AddOffsetsToTxn"
  | "AddPartitionsToTxn"
  | "ApiVersions"
  | "ConsumerGroupDescribe"
  | "CreateAcls"
  | "CreatePartitions"
  | "CreateTopics"
  | "DeleteAcls"
  | "DeleteGroups"
  | "DeleteRecords"
  | "DeleteTopics"
  | "DescribeAcls"
  | "DescribeConfigs"
  | "DescribeGroups"
  | "DescribeQuorum"
  | "EndTxn"
  | "Fetch"
  | "FindCoordinator"
  | "Heartbeat"
  | "IncrementalAlterConfigs"
  | "InitProducerId"
  | "JoinGroup"
  | "LeaveGroup"
  | "ListGroups"
  | "ListOffsets"
  | "Metadata"
  | "OffsetCommit"
  | "OffsetDelete"
  | "OffsetFetch"
  | "Produce"
  | "SyncGroup"
  | "TxnOffsetCommit";

/**
 * What this client speaks: from what Kafka 2.1 served to the newest, or the last one that names topics instead of giving their ids (Produce, Fetch,
 * OffsetCommit, OffsetFetch).
 */
export const spokenVersions: Readonly<Record<SpokenApi, VersionRange>> = {
  AddOffsetsToTxn: { min: 0, max: 4 },
  // Later ones are for brokers among themselves.
  AddPartitionsToTxn: { min: 0, max: 3 },
  ApiVersions: { min: 2, max: 4 },
  ConsumerGroupDescribe: { min: 0, max: 1 },
  CreateAcls: { min: 1, max: 3 },
  CreatePartitions: { min: 0, max: 3 },
  CreateTopics: { min: 2, max: 7 },
  DeleteAcls: { min: 1, max: 3 },
  DeleteGroups: { min: 0, max: 2 },
  DeleteRecords: { min: 0, max: 2 },
  DeleteTopics: { min: 1, max: 6 },
  DescribeAcls: { min: 1, max: 3 },
  DescribeConfigs: { min: 1, max: 4 },
  DescribeGroups: { min: 0, max: 6 },
  DescribeQuorum: { min: 0, max: 2 },
  EndTxn: { min: 0, max: 5 },
  Fetch: { min: 4, max: 12 },
  FindCoordinator: { min: 1, max: 6 },
  Heartbeat: { min: 1, max: 4 },
  IncrementalAlterConfigs: { min: 0, max: 1 },
  InitProducerId: { min: 0, max: 5 },
  JoinGroup: { min: 2, max: 9 },
  LeaveGroup: { min: 1, max: 5 },
  ListGroups: { min: 0, max: 5 },
  ListOffsets: { min: 1, max: 8 },
  Metadata: { min: 4, max: 13 },
  OffsetCommit: { min: 2, max: 9 },
  OffsetDelete: { min: 0, max: 0 },
  OffsetFetch: { min: 1, max: 9 },
  Produce: { min: 3, max: 12 },
  SyncGroup: { min: 1, max: 5 },
  TxnOffsetCommit: { min: 0, max: 5 },
};

/** The newest version that both sides speak, `atMost` at most; `undefined` when there is none. */
export function chooseVersion(
  api: SpokenApi,
  offered: VersionRange | undefined,
  atMost: number = Number.POSITIVE_INFINITY,
): number | undefined {
  if (offered === undefined) return undefined;
  const { min, max } = spokenVersions[api];
  const version = Math.min(offered.max, max, apis[api].maxVersion, atMost);
  return version >= Math.max(offered.min, min) ? version : undefined;
}
