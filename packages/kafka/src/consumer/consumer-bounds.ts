import { int32Max, type NumberBounds } from "../number-option.ts";
import type { ConsumerOptions } from "./consumer-options.ts";

type ConsumerNumber = Exclude<keyof ConsumerOptions, "group" | "groupInstanceId" | "assignors" | "reset" | "isolation">;

/** Defaults and bounds of a consumer's numbers: what options are checked by, and the section of a configuration too. */
export const consumerBounds: Readonly<Record<ConsumerNumber, NumberBounds>> = {
  sessionTimeoutMs: { fallback: 30_000, least: 1, most: int32Max },
  heartbeatIntervalMs: { fallback: 3_000, least: 1 },
  rebalanceTimeoutMs: { fallback: 60_000, least: 1, most: int32Max },
  autoCommitMs: { fallback: 0, least: 0 },
  maxBatchRecords: { fallback: Number.POSITIVE_INFINITY, least: 1, mayBeInfinite: true },
  maxProcessingMs: { fallback: 300_000, least: 1, mayBeInfinite: true },
  metadataMaxAgeMs: { fallback: 60_000, least: 1 },
  fetchMaxWaitMs: { fallback: 500, least: 0, most: int32Max },
  fetchMinBytes: { fallback: 1, least: 1, most: int32Max },
  fetchMaxBytes: { fallback: 10_485_760, least: 1, most: int32Max },
  maxPartitionFetchBytes: { fallback: 1_048_576, least: 1, most: int32Max },
};

export const assignorNames: NonNullable<ConsumerOptions["assignors"]> = [
  "range",
  "roundrobin",
  "sticky",
  "cooperative-sticky",
  "RoundRobinAssigner",
];
/** Members of Java know the first, those of plain kafkajs the second. */
export const defaultAssignors: NonNullable<ConsumerOptions["assignors"]> = ["range", "RoundRobinAssigner"];
export const resetPolicies: readonly NonNullable<ConsumerOptions["reset"]>[] = ["earliest", "latest", "none"];
export const isolations: readonly NonNullable<ConsumerOptions["isolation"]>[] = ["read_committed", "read_uncommitted"];
