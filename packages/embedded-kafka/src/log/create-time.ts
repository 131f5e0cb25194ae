import { crc32c } from "@millrace/protocol";

const checksumAt = 17;
const attributesAt = 21;
const timestampTypeBit = 0x08;

/** A copy of a batch that does not claim to have been stamped by a broker. */
export function withCreateTime(batch: Buffer): Buffer {
  const copy = Buffer.from(batch);
  copy.writeInt16BE(copy.readInt16BE(attributesAt) & ~timestampTypeBit, attributesAt);
  copy.writeUInt32BE(crc32c(copy, attributesAt), checksumAt);
  return copy;
}
