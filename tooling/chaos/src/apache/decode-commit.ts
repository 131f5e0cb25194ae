/** A commit as brokers keep it in `__consumer_offsets`. */
export interface KeptCommit {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
}

/**
 * Reads a record of `__consumer_offsets`: OffsetCommitKey of version 0 or 1, and OffsetCommitValue of versions 0 to 3, and of the flexible 4. Undefined for what
 * tells of a group instead, or of an offset that was deleted.
 */
export function decodeCommit(key: Buffer | null, value: Buffer | null): KeptCommit | undefined {
  if (key === null || value === null || key.readInt16BE(0) > 1) return undefined;
  let at = 2;
  const text = (): string => {
    const length = key.readInt16BE(at);
    at += 2 + length;
    return key.toString("utf8", at - length, at);
  };
  const [group, topic] = [text(), text()];
  const version = value.readInt16BE(0);
  const metadataAt = version >= 3 ? 14 : 10;
  return {
    group,
    topic,
    partition: key.readInt32BE(at),
    offset: Number(value.readBigInt64BE(2)),
    metadata:
      version >= 4
        ? compactText(value, metadataAt)
        : value.toString("utf8", metadataAt + 2, metadataAt + 2 + value.readInt16BE(metadataAt)),
  };
}

/** A text behind its length plus one, as an unsigned varint. */
function compactText(value: Buffer, from: number): string {
  let length = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = value.readUInt8(at++);
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return value.toString("utf8", at, at + length - 1);
}
