import { ByteReader } from "../message/byte-reader.ts";
import { ProtocolError } from "../protocol-error.ts";

/** Codec numbers in the attributes of a record batch. */
export const compressionTypes = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

/** Codec of a record batch. */
export type CompressionType = keyof typeof compressionTypes;

/** Who set a batch's timestamps. Kafka: `message.timestamp.type`. */
export type TimestampType = "CreateTime" | "LogAppendTime";

/** The fixed part of a record batch (magic 2), and where the batch lies in its buffer. */
export interface RecordBatchHeader {
  /** Index of the batch's first byte. */
  readonly at: number;
  /** Size of the whole batch in bytes. */
  readonly sizeBytes: number;
  readonly baseOffset: number;
  readonly partitionLeaderEpoch: number;
  readonly magic: number;
  readonly crc: number;
  /** `undefined` when the number is none of Kafka's codecs. */
  readonly compression: CompressionType | undefined;
  readonly timestampType: TimestampType;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  /** Whether `baseTimestamp` is the time after which the batch's tombstones may go (KIP-534). */
  readonly hasDeleteHorizon: boolean;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  /** -1 without idempotence. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Bytes before the first record. */
export const batchHeaderBytes = 61;
/** Bytes that the length field does not count: base offset and the length itself. */
export const batchPrefixBytes = 12;
/** Where the checksum starts; everything before it may be rewritten freely. */
export const checksumStart = 21;

export const timestampTypeBit = 0x08;
export const transactionalBit = 0x10;
export const controlBit = 0x20;
export const deleteHorizonBit = 0x40;
const compressionMask = 0x07;
const magicAt = 16;

const compressionByNumber = Object.keys(compressionTypes) as readonly CompressionType[];

/**
 * The header of the batch that starts at `at`. Only the header has to be there; `validateBatch` looks at the rest.
 * @throws ProtocolError `TRUNCATED`, `MALFORMED`, `UNSUPPORTED_MAGIC`, `UNSAFE_INTEGER`
 */
export function readBatchHeader(buffer: Buffer, at: number = 0): RecordBatchHeader {
  const sizeBytes = readBatchSize(buffer, at);
  const reader = new ByteReader(buffer, at, "record batch");
  const baseOffset = reader.int64();
  reader.int32();
  const partitionLeaderEpoch = reader.int32();
  const magic = reader.int8();
  const crc = reader.int32() >>> 0;
  const attributes = reader.int16();
  return {
    at,
    sizeBytes,
    baseOffset,
    partitionLeaderEpoch,
    magic,
    crc,
    compression: compressionByNumber[attributes & compressionMask],
    timestampType: attributes & timestampTypeBit ? "LogAppendTime" : "CreateTime",
    isTransactional: (attributes & transactionalBit) !== 0,
    isControl: (attributes & controlBit) !== 0,
    hasDeleteHorizon: (attributes & deleteHorizonBit) !== 0,
    lastOffsetDelta: reader.int32(),
    baseTimestamp: reader.int64(),
    maxTimestamp: reader.int64(),
    producerId: reader.int64(),
    producerEpoch: reader.int16(),
    baseSequence: reader.int32(),
    recordCount: reader.int32(),
  };
}

/**
 * The batches of a records blob, in order, without checksum checks and without decoding records. A last batch that is cut off ends the
 * iteration quietly: brokers may cut a fetch response anywhere.
 * @throws ProtocolError `MALFORMED`, `UNSUPPORTED_MAGIC`, `UNSAFE_INTEGER`
 */
export function* batchesIn(buffer: Buffer): Generator<RecordBatchHeader, void, undefined> {
  for (let at = 0; ; ) {
    const sizeBytes = peekBatchSize(buffer, at);
    if (sizeBytes === undefined || sizeBytes > buffer.length - at) return;
    yield readBatchHeader(buffer, at);
    at += sizeBytes;
  }
}

/** Size of the batch at `at`, prefix included. @throws ProtocolError `TRUNCATED`, `MALFORMED`, `UNSUPPORTED_MAGIC` */
export function readBatchSize(buffer: Buffer, at: number): number {
  const size = peekBatchSize(buffer, at);
  if (size === undefined) throw new ProtocolError("TRUNCATED", `record batch at byte ${at}: ${buffer.length - at} bytes are no header`);
  return size;
}

/** Size of the batch at `at`, or `undefined` when fewer bytes than a header are left. */
function peekBatchSize(buffer: Buffer, at: number): number | undefined {
  if (!Number.isInteger(at) || at < 0) throw new ProtocolError("INVALID_VALUE", `a record batch cannot start at byte ${at}`);
  const available = buffer.length - at;
  if (available <= magicAt) return undefined;
  const magic = buffer[at + magicAt] as number;
  if (magic === 0 || magic === 1) {
    throw new ProtocolError(
      "UNSUPPORTED_MAGIC",
      `record batch at byte ${at} has magic ${magic}: formats before Kafka 0.11 are not supported; rewrite the topic with a newer producer`,
    );
  }
  if (magic !== 2) throw new ProtocolError("MALFORMED", `record batch at byte ${at} has magic ${magic}; only 2 is known`);
  const length = buffer.readInt32BE(at + 8);
  if (length < batchHeaderBytes - batchPrefixBytes) {
    throw new ProtocolError("MALFORMED", `record batch at byte ${at} states a length of ${length}, less than its own header`);
  }
  return available < batchHeaderBytes ? undefined : length + batchPrefixBytes;
}
