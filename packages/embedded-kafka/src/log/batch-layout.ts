/**
 * Where the fields that the log reads on its own stand in a record batch of format 2. They are read at every lookup, so they are read in
 * place instead of through a decoded header.
 */
const lengthAt = 8;
const lastOffsetDeltaAt = 23;
const maxTimestampAt = 35;

export function baseOffsetOf(bytes: Buffer, position: number): number {
  return bytes.readInt32BE(position) * 0x1_0000_0000 + bytes.readUInt32BE(position + 4);
}

export function lastOffsetDeltaOf(bytes: Buffer, position: number): number {
  return bytes.readInt32BE(position + lastOffsetDeltaAt);
}

export function maxTimestampOf(bytes: Buffer, position: number): number {
  return bytes.readInt32BE(position + maxTimestampAt) * 0x1_0000_0000 + bytes.readUInt32BE(position + maxTimestampAt + 4);
}

/** Offset after the last record of a run of whole batches, which has at least one. */
export function endOffsetOf(batches: Buffer): number {
  let last = 0;
  for (let at = 0; at < batches.length; at += batches.readInt32BE(at + lengthAt) + lengthAt + 4) last = at;
  return baseOffsetOf(batches, last) + lastOffsetDeltaOf(batches, last) + 1;
}
