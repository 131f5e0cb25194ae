import { crc32c } from "../crc32c.ts";
import { ProtocolError } from "../protocol-error.ts";
import type { RecordInput } from "./kafka-record.ts";
import {
  batchHeaderBytes,
  batchPrefixBytes,
  type CompressionType,
  checksumStart,
  compressionTypes,
  controlBit,
  deleteHorizonBit,
  type TimestampType,
  timestampTypeBit,
  transactionalBit,
} from "./record-batch-header.ts";
import { RecordWriter } from "./record-writer.ts";
import { writeInt16, writeInt32, writeInt64 } from "./write-number.ts";

/** What a record batch is made from. */
export interface RecordBatchInput {
  readonly records: readonly RecordInput[];
  /** @default 0 */
  readonly baseOffset?: number | undefined;
  /** Distance of the batch's last offset from its base; larger than the last record's where later records were compacted away. @default that of the last record */
  readonly lastOffsetDelta?: number | undefined;
  /** @default -1 */
  readonly partitionLeaderEpoch?: number | undefined;
  /** @default -1, no idempotence */
  readonly producerId?: number | undefined;
  /** @default -1 */
  readonly producerEpoch?: number | undefined;
  /** @default -1 */
  readonly baseSequence?: number | undefined;
  /** @default false */
  readonly isTransactional?: boolean | undefined;
  /** @default false */
  readonly isControl?: boolean | undefined;
  /** @default "CreateTime" */
  readonly timestampType?: TimestampType | undefined;
  /** When the batch's tombstones may go, for a log cleaner; it becomes the base timestamp (KIP-534). @default none */
  readonly deleteHorizonMs?: number | undefined;
  /** Largest timestamp, where the records that had it were compacted away. @default that of its records */
  readonly maxTimestamp?: number | undefined;
  /** @default "none" */
  readonly compression?: CompressionType | undefined;
  /** Compresses the records; needed with any `compression` but `"none"`. */
  readonly compress?: ((data: Buffer) => Buffer) | undefined;
}

/** More than most records need for lengths and deltas; what is missing is added when it is. */
const recordOverheadBytes = 24;
const largestDelta = 0x7fffffff;

/**
 * A record batch of the current format (magic 2). The first record's timestamp is the base timestamp, as in Kafka's own producer.
 * @throws ProtocolError `INVALID_VALUE` offsets that do not rise, no records without `lastOffsetDelta`; `COMPRESSION` no function for the codec
 */
export function encodeRecordBatch(batch: RecordBatchInput): Buffer {
  const { records, baseOffset = 0, compression = "none" } = batch;
  let capacity = batchHeaderBytes;
  for (const record of records) capacity += recordOverheadBytes + (record.key?.length ?? 0) + (record.value?.length ?? 0);
  const writer = new RecordWriter(capacity, batchHeaderBytes);
  const baseTimestamp = batch.deleteHorizonMs ?? records[0]?.timestamp ?? -1;
  let maxTimestamp = batch.maxTimestamp ?? records[0]?.timestamp ?? -1;
  let delta = -1;
  for (let index = 0; index < records.length; index++) {
    const record = records[index] as RecordInput;
    const next = record.offset === undefined ? delta + 1 : record.offset - baseOffset;
    if (!(next > delta && next <= largestDelta && Number.isInteger(next))) throw badOffset(record.offset, baseOffset + delta);
    delta = next;
    const timestampDelta = record.timestamp - baseTimestamp;
    if (!Number.isSafeInteger(timestampDelta)) throw new ProtocolError("INVALID_VALUE", `${record.timestamp} is no record timestamp`);
    if (record.timestamp > maxTimestamp) maxTimestamp = record.timestamp;
    writer.write(record, delta, timestampDelta);
  }
  const lastOffsetDelta = batch.lastOffsetDelta ?? delta;
  if (lastOffsetDelta < Math.max(delta, 0) || lastOffsetDelta > largestDelta) {
    throw new ProtocolError("INVALID_VALUE", `last offset delta ${lastOffsetDelta}: give a batch records, or the offsets it stands for`);
  }
  const bytes = compression === "none" ? writer.buffer.subarray(0, writer.position) : compressed(writer, compression, batch.compress);
  return writeHeader(bytes, batch, { lastOffsetDelta, baseTimestamp, maxTimestamp });
}

function badOffset(offset: number | undefined, before: number): ProtocolError {
  return new ProtocolError("INVALID_VALUE", `offset ${offset} cannot follow offset ${before}: offsets of a batch are integers that rise`);
}

function compressed(writer: RecordWriter, compression: CompressionType, compress: ((data: Buffer) => Buffer) | undefined): Buffer {
  if (compress === undefined) throw new ProtocolError("COMPRESSION", `pass "compress" to write a batch with ${compression}`);
  const data = compress(writer.buffer.subarray(batchHeaderBytes, writer.position));
  const bytes = Buffer.allocUnsafe(batchHeaderBytes + data.length);
  bytes.set(data, batchHeaderBytes);
  return bytes;
}

function writeHeader(
  bytes: Buffer,
  batch: RecordBatchInput,
  computed: { readonly lastOffsetDelta: number; readonly baseTimestamp: number; readonly maxTimestamp: number },
): Buffer {
  let attributes: number = compressionTypes[batch.compression ?? "none"];
  if (batch.timestampType === "LogAppendTime") attributes |= timestampTypeBit;
  if (batch.isTransactional === true) attributes |= transactionalBit;
  if (batch.isControl === true) attributes |= controlBit;
  if (batch.deleteHorizonMs !== undefined) attributes |= deleteHorizonBit;
  writeInt64(bytes, 0, batch.baseOffset ?? 0, "base offset");
  writeInt32(bytes, 8, bytes.length - batchPrefixBytes, "batch length");
  writeInt32(bytes, 12, batch.partitionLeaderEpoch ?? -1, "partition leader epoch");
  bytes[16] = 2;
  writeInt16(bytes, 21, attributes, "attributes");
  writeInt32(bytes, 23, computed.lastOffsetDelta, "last offset delta");
  writeInt64(bytes, 27, computed.baseTimestamp, "base timestamp");
  writeInt64(bytes, 35, computed.maxTimestamp, "greatest timestamp");
  writeInt64(bytes, 43, batch.producerId ?? -1, "producer id");
  writeInt16(bytes, 51, batch.producerEpoch ?? -1, "producer epoch");
  writeInt32(bytes, 53, batch.baseSequence ?? -1, "base sequence");
  writeInt32(bytes, 57, batch.records.length, "record count");
  bytes.writeUInt32BE(crc32c(bytes, checksumStart), 17);
  return bytes;
}
