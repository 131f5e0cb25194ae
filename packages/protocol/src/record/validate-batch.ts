import { crc32c } from "../crc32c.ts";
import { ProtocolError } from "../protocol-error.ts";
import { batchHeaderBytes, checksumStart, type RecordBatchHeader, readBatchHeader } from "./record-batch-header.ts";

/** Length, attributes, deltas, key, value and header count take a byte each at least. */
export const smallestRecordBytes = 7;

/**
 * Checks that the whole batch is there, has magic 2, a matching CRC-32C, a known codec and counts that can be true; returns its header.
 * Records are not decoded. What a broker demands of a producer beyond that (base offset 0, dense offsets, no control bit) is the broker's
 * to check on the returned header.
 * @throws ProtocolError `TRUNCATED`, `MALFORMED`, `UNSUPPORTED_MAGIC`, `CORRUPT_BATCH`, `COMPRESSION`, `UNSAFE_INTEGER`
 */
export function validateBatch(buffer: Buffer, at: number = 0): RecordBatchHeader {
  const header = readBatchHeader(buffer, at);
  requireWhole(buffer, header);
  const crc = crc32c(buffer, at + checksumStart, at + header.sizeBytes);
  if (crc !== header.crc) {
    throw new ProtocolError("CORRUPT_BATCH", `record batch at byte ${at}: its checksum is ${header.crc}, its bytes have ${crc}`);
  }
  if (header.compression === undefined) {
    throw new ProtocolError("COMPRESSION", `record batch at byte ${at} names a codec that Kafka does not have`);
  }
  checkCounts(header);
  return header;
}

export function requireWhole(buffer: Buffer, header: RecordBatchHeader): void {
  if (header.sizeBytes > buffer.length - header.at) {
    throw new ProtocolError(
      "TRUNCATED",
      `record batch at byte ${header.at} has ${header.sizeBytes} bytes, but only ${buffer.length - header.at} are there`,
    );
  }
}

function checkCounts(header: RecordBatchHeader): void {
  const { recordCount, lastOffsetDelta, at } = header;
  const possible = lastOffsetDelta >= 0 && recordCount >= 0 && recordCount - 1 <= lastOffsetDelta;
  const roomy = header.compression !== "none" || recordCount * smallestRecordBytes <= header.sizeBytes - batchHeaderBytes;
  if (!possible || !roomy) {
    throw new ProtocolError(
      "MALFORMED",
      `record batch at byte ${at}: ${recordCount} records with last offset delta ${lastOffsetDelta} in ${header.sizeBytes} bytes cannot be`,
    );
  }
}
