import { ProtocolError } from "../protocol-error.ts";
import type { DecodedRecord } from "./kafka-record.ts";
import { batchHeaderBytes, type CompressionType, type RecordBatchHeader, readBatchHeader } from "./record-batch-header.ts";
import { RecordReader } from "./record-reader.ts";
import { requireWhole, smallestRecordBytes } from "./validate-batch.ts";

/** How to read a record batch. */
export interface DecodeRecordBatchOptions {
  /** Gives back the records of a compressed batch. Its result must be bounded by whoever writes it. */
  readonly decompress?: ((data: Buffer, compression: CompressionType) => Buffer) | undefined;
}

/** A record batch and its records. */
export interface DecodedRecordBatch {
  readonly header: RecordBatchHeader;
  readonly records: readonly DecodedRecord[];
}

/**
 * The batch that starts at `at`, control batches too. Records are slices, not copies. The checksum is not looked at: `validateBatch` does.
 * @throws ProtocolError `TRUNCATED`, `MALFORMED`, `UNSUPPORTED_MAGIC`, `UNSAFE_INTEGER`, `COMPRESSION`
 */
export function decodeRecordBatch(buffer: Buffer, at: number = 0, options: DecodeRecordBatchOptions = {}): DecodedRecordBatch {
  const header = readBatchHeader(buffer, at);
  requireWhole(buffer, header);
  const reader = recordReader(buffer, header, options);
  const { recordCount } = header;
  if (recordCount < 0 || recordCount * smallestRecordBytes > reader.remaining) {
    throw new ProtocolError(
      "MALFORMED",
      `record batch at offset ${header.baseOffset}: ${recordCount} records in ${reader.remaining} bytes`,
    );
  }
  const records: DecodedRecord[] = [];
  for (let index = 0; index < recordCount; index++) records.push(reader.read());
  if (reader.remaining !== 0) {
    throw new ProtocolError("MALFORMED", `record batch at offset ${header.baseOffset}: ${reader.remaining} bytes after its last record`);
  }
  return { header, records };
}

function recordReader(buffer: Buffer, header: RecordBatchHeader, options: DecodeRecordBatchOptions): RecordReader {
  const start = header.at + batchHeaderBytes;
  const end = header.at + header.sizeBytes;
  const { compression, baseOffset } = header;
  if (compression === "none") return new RecordReader(buffer, start, end, header);
  if (compression === undefined)
    throw new ProtocolError("COMPRESSION", `record batch at offset ${baseOffset} names a codec that Kafka does not have`);
  if (options.decompress === undefined) {
    throw new ProtocolError("COMPRESSION", `record batch at offset ${baseOffset} is compressed with ${compression}: pass "decompress"`);
  }
  const data = decompressed(options.decompress, buffer.subarray(start, end), compression, baseOffset);
  return new RecordReader(data, 0, data.length, header);
}

function decompressed(
  decompress: (data: Buffer, compression: CompressionType) => Buffer,
  data: Buffer,
  compression: CompressionType,
  baseOffset: number,
): Buffer {
  try {
    return decompress(data, compression);
  } catch (cause) {
    throw new ProtocolError("COMPRESSION", `record batch at offset ${baseOffset} could not be decompressed with ${compression}`, { cause });
  }
}
