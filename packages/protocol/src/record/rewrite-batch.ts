import { crc32c } from "../crc32c.ts";
import { ProtocolError } from "../protocol-error.ts";
import { checksumStart, readBatchHeader, timestampTypeBit } from "./record-batch-header.ts";
import { requireWhole } from "./validate-batch.ts";

const twoTo32 = 4_294_967_296;

/** Gives the batch at `at` another base offset, in place. The checksum does not cover it. @throws ProtocolError `TRUNCATED`, `MALFORMED`, `INVALID_VALUE` */
export function setBaseOffset(buffer: Buffer, at: number, offset: number): void {
  readBatchHeader(buffer, at);
  writeInt64(buffer, at, offset);
}

/** Stamps the batch at `at` with the epoch of the partition's leader, in place. The checksum does not cover it. @throws ProtocolError `TRUNCATED`, `MALFORMED` */
export function setPartitionLeaderEpoch(buffer: Buffer, at: number, epoch: number): void {
  readBatchHeader(buffer, at);
  buffer.writeInt32BE(epoch | 0, at + 12);
}

/** Gives all records of the batch at `at` the broker's time, in place, and computes its checksum again. @throws ProtocolError `TRUNCATED`, `MALFORMED`, `INVALID_VALUE` */
export function setLogAppendTime(buffer: Buffer, at: number, timestamp: number): void {
  const header = readBatchHeader(buffer, at);
  requireWhole(buffer, header);
  writeInt64(buffer, at + 35, timestamp);
  buffer.writeInt16BE(buffer.readInt16BE(at + 21) | timestampTypeBit, at + 21);
  buffer.writeUInt32BE(crc32c(buffer, at + checksumStart, at + header.sizeBytes), at + 17);
}

export function writeInt64(buffer: Buffer, at: number, value: number): void {
  if (!Number.isSafeInteger(value)) throw new ProtocolError("INVALID_VALUE", `${value} is no integer of at most 53 bits`);
  buffer.writeInt32BE(Math.floor(value / twoTo32), at);
  buffer.writeInt32BE(value | 0, at + 4);
}
