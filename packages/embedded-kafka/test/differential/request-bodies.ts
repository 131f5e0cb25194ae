import { encodeRecordBatch, type MessageInput, type RecordBatchInput, type RequestTypes } from "@millrace/protocol";
import type { StagedTopic } from "./scenario.ts";

/** A batch of one record per value, a millisecond apart. */
export function batchOf(
  baseTime: number,
  values: readonly (string | null)[],
  options: Omit<RecordBatchInput, "records"> & { readonly timestamps?: readonly number[]; readonly keyless?: readonly number[] } = {},
): Buffer {
  const { timestamps, keyless = [], ...batch } = options;
  return encodeRecordBatch({
    ...batch,
    records: values.map((value, index) => ({
      timestamp: baseTime + (timestamps?.[index] ?? index),
      key: keyless.includes(index) ? null : Buffer.from(`key-${index}`),
      value: value === null ? null : Buffer.from(value),
    })),
  });
}

export interface ProducedPartition {
  readonly index?: number;
  readonly records: Buffer | null;
}

/** A Produce body for one topic: by name, or from version 13 by id. */
export function produceTo(
  topic: StagedTopic,
  partitions: readonly ProducedPartition[],
  options: { readonly version?: number; readonly acks?: number; readonly transactionalId?: string } = {},
): MessageInput<RequestTypes["Produce"]> {
  const { version = 7, acks = -1, transactionalId } = options;
  return {
    ...(transactionalId !== undefined && { transactionalId }),
    acks,
    timeoutMs: 5_000,
    topicData: [
      {
        ...(version >= 13 ? { topicId: topic.id } : { name: topic.name }),
        partitionData: partitions.map(({ index = 0, records }) => ({ index, records })),
      },
    ],
  };
}

export interface FetchedPartition {
  readonly partition?: number;
  readonly fetchOffset: number;
  readonly partitionMaxBytes?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
  readonly logStartOffset?: number;
}

export interface FetchSettings {
  readonly version?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly isolationLevel?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
}

/** A Fetch body for one topic: by name, or from version 13 by id. Without a session unless told otherwise. */
export function fetchFrom(
  topic: StagedTopic,
  partitions: readonly FetchedPartition[],
  settings: FetchSettings = {},
): MessageInput<RequestTypes["Fetch"]> {
  const { version = 4, maxWaitMs = 0, minBytes = 1, maxBytes = 10_000_000, isolationLevel = 0, sessionId, sessionEpoch } = settings;
  return {
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel,
    ...(sessionId !== undefined && { sessionId }),
    ...(sessionEpoch !== undefined && { sessionEpoch }),
    topics: [
      {
        ...(version >= 13 ? { topicId: topic.id } : { topic: topic.name }),
        partitions: partitions.map(({ partition = 0, partitionMaxBytes = 1_000_000, ...asked }) => ({
          partition,
          partitionMaxBytes,
          ...asked,
        })),
      },
    ],
  };
}

/** A ListOffsets body that asks one partition for each of these timestamps, one request each. */
export function offsetAt(
  topic: StagedTopic,
  timestamp: number,
  options: { readonly partitionIndex?: number; readonly currentLeaderEpoch?: number; readonly isolationLevel?: number } = {},
): MessageInput<RequestTypes["ListOffsets"]> {
  const { partitionIndex = 0, currentLeaderEpoch, isolationLevel } = options;
  return {
    replicaId: -1,
    ...(isolationLevel !== undefined && { isolationLevel }),
    topics: [
      {
        name: topic.name,
        partitions: [{ partitionIndex, timestamp, ...(currentLeaderEpoch !== undefined && { currentLeaderEpoch }) }],
      },
    ],
  };
}
