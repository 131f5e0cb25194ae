import { crc32c } from "../crc32c.ts";
import { ProtocolError } from "../protocol-error.ts";
import { batchHeaderBytes, checksumStart, type RecordBatchHeader, readBatchHeader, readBatchSize } from "./record-batch-header.ts";

/** Length, attributes, deltas, key, value and header count take a byte each at least. */
export const smallestRecordBytes = 7;

/**
 * Checks that the whole batch is there, has magic 2, a matching CRC-32C, a known codec and counts that can be true; returns its header.
 * Records are not decoded. What a broker demands of a producer beyond that (base offset 0, dense offsets, no control bit) is the broker's
 * to check on the returned header.
 * @throws ProtocolError `TRUNCATED`, `MALFORMED`, `UNSUPPORTED_MAGIC`, `CORRUPT_BATCH`, `COMPRESSION`, `UNSAFE_INTEGER`
 */
export function validateBatch(buffer: Buffer, at: number = 0): RecordBatchHeader {
  const sizeBytes = readBatchSize(buffer, at);
  requireWhole(buffer, { at, sizeBytes });
  // Before anything else is believed: in damaged bytes every other complaint would lead astray.
  const stated = buffer.readUInt32BE(at + 17);
  const computed = crc32c(buffer, at + checksumStart, at + sizeBytes);
  if (computed !== stated) {
    throw new ProtocolError("CORRUPT_BATCH", `record batch at byte ${at}: its checksum is ${stated}, its bytes have ${computed}`);
  }
  const header = readBatchHeader(buffer, at);
  if (header.compression === undefined) {
    throw new ProtocolError("COMPRESSION", `record batch at byte ${at} names a codec that Kafka does not have`);
  }
  checkCounts(header);
  return header;
}

/** @throws ProtocolError `TRUNCATED` */
export function requireWhole(buffer: Buffer, batch: Pick<RecordBatchHeader, "at" | "sizeBytes">): void {
  const available = buffer.length - batch.at;
  if (batch.sizeBytes > available) {
    throw new ProtocolError("TRUNCATED", `record batch at byte ${batch.at} has ${batch.sizeBytes} bytes, but only ${available} are there`);
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
