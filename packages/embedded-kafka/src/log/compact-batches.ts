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
  /** Whether a marker is all that tells of a producer's epoch: it stays, if need be without its record, so that the epoch stays. */
  readonly isOnlyMarkOfProducer: (producerId: number, producerEpoch: number) => boolean;
  /** Hears of the end of each transaction of which nothing but its marker is left. */
  readonly transactionGone: (markerOffset: number) => void;
}

interface ReadBatch {
  readonly bytes: Buffer;
  readonly header: RecordBatchHeader;
  /** `undefined` where they cannot be looked into. */
  readonly records: readonly DecodedRecord[] | undefined;
  readonly aborted: boolean;
  /** A marker behind which nothing is left of its transaction. */
  readonly isLeftAlone: boolean;
}

/**
 * Keeps of each key the latest record in these batches. Offsets stay, and so do the base and the last offset of a batch. Records without a
 * value stay for `deleteRetentionMs` after they were first seen here; the batch remembers until when (KIP-534). So do the markers of transactions,
 * counted from when nothing else was left of theirs. Batches that cannot be unpacked stay as they are.
 */
export function compactBatches(batches: readonly Buffer[], rules: CompactionRules): Buffer[] {
  /** Producers of whose transaction there has been a batch, even an empty one, since their last marker. */
  const writing = new Set<number>();
  const read = batches.map((bytes) => readBatch(bytes, writing, rules));
  const latest = new Map<string, number>();
  for (const { records, aborted, header } of read) {
    if (aborted || header.isControl) continue;
    for (const { key, offset } of records ?? []) if (key !== null) latest.set(key.toString("latin1"), offset);
  }
  return read.flatMap((batch, index) => compacted(batch, latest, index === read.length - 1, rules) ?? []);
}

function readBatch(bytes: Buffer, writing: Set<number>, { decompress, isAborted, transactionGone }: CompactionRules): ReadBatch {
  const header = readBatchHeader(bytes, 0);
  const { isControl, isTransactional, producerId, baseOffset } = header;
  const isLeftAlone = isControl && !writing.delete(producerId);
  if (isLeftAlone) transactionGone(baseOffset);
  const isWritten = isTransactional && !isControl;
  if (isWritten) writing.add(producerId);
  const aborted = isWritten && isAborted(producerId, baseOffset);
  try {
    return { bytes, header, records: decodeRecordBatch(bytes, 0, { decompress }).records, aborted, isLeftAlone };
  } catch (error) {
    if (ProtocolError.is(error)) return { bytes, header, records: undefined, aborted, isLeftAlone };
    throw error;
  }
}

/** What is left of a batch, or `undefined` when nothing is. */
function compacted(batch: ReadBatch, latest: ReadonlyMap<string, number>, isLast: boolean, rules: CompactionRules): Buffer | undefined {
  const { bytes, header, records } = batch;
  if (records === undefined) return bytes;
  const { nowMs, deleteRetentionMs } = rules;
  const kept = keptRecords(batch, records, latest, rules);
  if (kept.length === 0) {
    // The last offset of what was compacted must stay known.
    if (!isLast && !keepsProducer(header, rules)) return undefined;
    return header.recordCount === 0 ? bytes : rebuilt(header, [], undefined, rules);
  }
  const waits = header.isControl ? batch.isLeftAlone : kept.some(({ value }) => value === null);
  const beginsHorizon = !header.hasDeleteHorizon && waits;
  if (kept.length === records.length && !beginsHorizon) return bytes;
  const horizon = header.hasDeleteHorizon ? header.baseTimestamp : beginsHorizon ? nowMs + deleteRetentionMs : undefined;
  return rebuilt(header, kept, horizon, rules);
}

function keptRecords(
  { header, aborted, isLeftAlone }: ReadBatch,
  records: readonly DecodedRecord[],
  latest: ReadonlyMap<string, number>,
  { nowMs }: CompactionRules,
): readonly DecodedRecord[] {
  const timeIsOver = header.hasDeleteHorizon && nowMs >= header.baseTimestamp;
  if (header.isControl) return isLeftAlone && timeIsOver ? [] : records;
  if (aborted) return [];
  return records.filter(
    ({ key, value, offset }) => key !== null && latest.get(key.toString("latin1")) === offset && (value !== null || !timeIsOver),
  );
}

/** Whether what is known of a producer hangs on this batch. */
function keepsProducer({ producerId, producerEpoch, baseOffset, isControl }: RecordBatchHeader, rules: CompactionRules): boolean {
  if (producerId < 0) return false;
  return isControl ? rules.isOnlyMarkOfProducer(producerId, producerEpoch) : rules.isLastOfProducer(producerId, baseOffset);
}

function rebuilt(
  header: RecordBatchHeader,
  records: readonly DecodedRecord[],
  deleteHorizonMs: number | undefined,
  { compress }: CompactionRules,
): Buffer {
  const {
    baseOffset,
    lastOffsetDelta,
    partitionLeaderEpoch,
    producerId,
    producerEpoch,
    baseSequence,
    isTransactional,
    isControl,
    timestampType,
  } = header;
  const { maxTimestamp, compression } = header;
  const kept = {
    baseOffset,
    lastOffsetDelta,
    partitionLeaderEpoch,
    producerId,
    producerEpoch,
    baseSequence,
    isTransactional,
    isControl,
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
