import {
  type DecodedRecord,
  decodeRecordBatch,
  encodeRecordBatch,
  ProtocolError,
  type RecordBatchHeader,
  readBatchHeader,
} from "@millrace/protocol";
import type { Compress, Decompress } from "../engine/broker-settings.ts";

/** What compaction goes by. */
export interface CompactionRules {
  readonly nowMs: number;
  /** Kafka: `delete.retention.ms`. */
  readonly deleteRetentionMs: number;
  readonly decompress: Decompress;
  readonly compress: Compress;
  /** Whether a producer's batch at this offset belongs to a transaction that was aborted. */
  readonly isAborted: (producerId: number, baseOffset: number) => boolean;
  /** Whether it is the batch that a producer wrote last: it stays, if need be without records, so that its sequence number stays. */
  readonly isLastOfProducer: (producerId: number, baseOffset: number) => boolean;
}

interface ReadBatch {
  readonly bytes: Buffer;
  readonly header: RecordBatchHeader;
  /** `undefined` where they cannot be looked into or are not to be. */
  readonly records: readonly DecodedRecord[] | undefined;
  readonly aborted: boolean;
}

/**
 * Keeps of each key the latest record in these batches. Offsets stay, and so do the base and the last offset of a batch. Records without a
 * value stay for `deleteRetentionMs` after they were first seen here; the batch remembers until when (KIP-534). Markers of transactions and
 * batches that cannot be unpacked stay as they are.
 */
export function compactBatches(batches: readonly Buffer[], rules: CompactionRules): Buffer[] {
  const read = batches.map((bytes) => readBatch(bytes, rules));
  const latest = new Map<string, number>();
  for (const { records, aborted } of read) {
    if (aborted) continue;
    for (const { key, offset } of records ?? []) if (key !== null) latest.set(key.toString("latin1"), offset);
  }
  return read.flatMap((batch, index) => compacted(batch, latest, index === read.length - 1, rules) ?? []);
}

function readBatch(bytes: Buffer, { decompress, isAborted }: CompactionRules): ReadBatch {
  const header = readBatchHeader(bytes, 0);
  const { isControl, isTransactional, producerId, baseOffset } = header;
  const aborted = !isControl && isTransactional && isAborted(producerId, baseOffset);
  if (isControl) return { bytes, header, records: undefined, aborted };
  try {
    return { bytes, header, records: decodeRecordBatch(bytes, 0, { decompress }).records, aborted };
  } catch (error) {
    if (ProtocolError.is(error)) return { bytes, header, records: undefined, aborted };
    throw error;
  }
}

/** What is left of a batch, or `undefined` when nothing is. */
function compacted(batch: ReadBatch, latest: ReadonlyMap<string, number>, isLast: boolean, rules: CompactionRules): Buffer | undefined {
  const { bytes, header, records, aborted } = batch;
  if (records === undefined) return bytes;
  const { nowMs, deleteRetentionMs, isLastOfProducer } = rules;
  const tombstonesStay = !header.hasDeleteHorizon || nowMs < header.baseTimestamp;
  const kept = aborted
    ? []
    : records.filter(
        ({ key, value, offset }) => key !== null && latest.get(key.toString("latin1")) === offset && (value !== null || tombstonesStay),
      );
  if (kept.length === 0) {
    // The last offset of what was compacted must stay known.
    const stays = isLast || (header.producerId >= 0 && isLastOfProducer(header.producerId, header.baseOffset));
    if (!stays) return undefined;
    return header.recordCount === 0 ? bytes : rebuilt(header, [], undefined, rules);
  }
  const beginsHorizon = !header.hasDeleteHorizon && kept.some(({ value }) => value === null);
  if (kept.length === records.length && !beginsHorizon) return bytes;
  const horizon = header.hasDeleteHorizon ? header.baseTimestamp : beginsHorizon ? nowMs + deleteRetentionMs : undefined;
  return rebuilt(header, kept, horizon, rules);
}

function rebuilt(
  header: RecordBatchHeader,
  records: readonly DecodedRecord[],
  deleteHorizonMs: number | undefined,
  { compress }: CompactionRules,
): Buffer {
  const { baseOffset, lastOffsetDelta, partitionLeaderEpoch, producerId, producerEpoch, baseSequence, isTransactional, timestampType } =
    header;
  const { maxTimestamp, compression } = header;
  const kept = {
    baseOffset,
    lastOffsetDelta,
    partitionLeaderEpoch,
    producerId,
    producerEpoch,
    baseSequence,
    isTransactional,
    timestampType,
  };
  const batch = { ...kept, records, deleteHorizonMs, ...(records.length === 0 && { maxTimestamp }) };
  if (records.length === 0 || compression === undefined || compression === "none") return encodeRecordBatch(batch);
  try {
    return encodeRecordBatch({ ...batch, compression, compress: (data) => compress(data, compression) });
  } catch (error) {
    // Without a function that packs, the records are as good unpacked.
    if (ProtocolError.is(error)) return encodeRecordBatch(batch);
    throw error;
  }
}
