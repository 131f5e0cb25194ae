import type { RecordBatchHeader } from "@millrace/protocol";

/** The records of a batch are not in the form that Kafka's records have. */
export class MalformedRecords extends Error {
  override readonly name = "MalformedRecords";
}

/**
 * Runs over the records of a batch, in `data` from `position` on, and tells of each its timestamp and whether it has a key. Nothing is
 * allocated for a record: every produced batch comes through here.
 * @throws MalformedRecords
 */
export function scanRecords(
  data: Buffer,
  position: number,
  { recordCount, baseTimestamp }: RecordBatchHeader,
  visit: (index: number, timestamp: number, hasKey: boolean) => void,
): void {
  let at = position;

  const number = (end: number): number => {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      if (at >= end) throw new MalformedRecords("a record ends too early");
      const byte = data[at++]!;
      value += (byte & 0x7f) * scale;
      // Zigzag: the lowest bit is the sign.
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
    throw new MalformedRecords("a number of more than 64 bits");
  };
  /** Steps over bytes behind their length; whether there are any, if only none. */
  const bytes = (end: number, nullable: boolean): boolean => {
    const size = number(end);
    if (size < 0 && nullable) return false;
    if (size < 0 || size > end - at) throw new MalformedRecords(`${size} bytes in a record that has ${end - at} left`);
    at += size;
    return true;
  };

  for (let index = 0; index < recordCount; index++) {
    const size = number(data.length);
    if (size <= 0 || size > data.length - at) throw new MalformedRecords(`a record of ${size} bytes where ${data.length - at} are left`);
    const end = at + size;
    at++;
    const timestamp = baseTimestamp + number(end);
    number(end);
    const hasKey = bytes(end, true);
    bytes(end, true);
    const headers = number(end);
    if (headers < 0) throw new MalformedRecords(`${headers} headers`);
    for (let header = 0; header < headers; header++) {
      bytes(end, false);
      bytes(end, true);
    }
    if (at !== end) throw new MalformedRecords(`${end - at} bytes too many in a record`);
    visit(index, timestamp, hasKey);
  }
  if (at !== data.length) throw new MalformedRecords(`${data.length - at} bytes after the last record`);
}
