import { crc32c } from "../crc32c.ts";
import { checksumStart, readBatchHeader, timestampTypeBit } from "./record-batch-header.ts";
import { requireWhole } from "./validate-batch.ts";
import { writeInt32, writeInt64 } from "./write-number.ts";

/** Gives the batch at `at` another base offset, in place. The checksum does not cover it. @throws ProtocolError `TRUNCATED`, `MALFORMED`, `INVALID_VALUE` */
export function setBaseOffset(buffer: Buffer, at: number, offset: number): void {
  readBatchHeader(buffer, at);
  writeInt64(buffer, at, offset, "base offset");
}

/** Stamps the batch at `at` with the epoch of the partition's leader, in place. The checksum does not cover it. @throws ProtocolError `TRUNCATED`, `MALFORMED`, `INVALID_VALUE` */
export function setPartitionLeaderEpoch(buffer: Buffer, at: number, epoch: number): void {
  readBatchHeader(buffer, at);
  writeInt32(buffer, at + 12, epoch, "partition leader epoch");
}

/** Gives all records of the batch at `at` the broker's time, in place, and computes its checksum again. @throws ProtocolError `TRUNCATED`, `MALFORMED`, `INVALID_VALUE` */
export function setLogAppendTime(buffer: Buffer, at: number, timestamp: number): void {
  const header = readBatchHeader(buffer, at);
  requireWhole(buffer, header);
  writeInt64(buffer, at + 35, timestamp, "log append time");
  buffer.writeInt16BE(buffer.readInt16BE(at + 21) | timestampTypeBit, at + 21);
  buffer.writeUInt32BE(crc32c(buffer, at + checksumStart, at + header.sizeBytes), at + 17);
}
