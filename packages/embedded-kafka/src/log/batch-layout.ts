/**
 * Where the fields that the log reads on its own stand in a record batch of format 2. They are read at every lookup, so they are read in
 * place instead of through a decoded header.
 */
const lastOffsetDeltaAt = 23;
const maxTimestampAt = 35;

export function lastOffsetDeltaOf(bytes: Buffer, position: number): number {
  return bytes.readInt32BE(position + lastOffsetDeltaAt);
}

export function maxTimestampOf(bytes: Buffer, position: number): number {
  return bytes.readInt32BE(position + maxTimestampAt) * 0x1_0000_0000 + bytes.readUInt32BE(position + maxTimestampAt + 4);
}
