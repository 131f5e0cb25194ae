import type { ProduceRecord } from "../driver/driver-producer.ts";

/** A record batch's own fields (Kafka's record format, version 2). */
export const batchOverheadBytes = 61;
/** The most that a record's own fields take beside key, value and headers: lengths and deltas at their longest. */
const recordOverheadBytes = 5 + 1 + 10 + 5 + 5 + 5 + 5;
const headerOverheadBytes = 5 + 5;

/** How many bytes a record takes on the wire at most, uncompressed. */
export function recordSize({ key, value, headers }: ProduceRecord): number {
  let bytes = recordOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, content] of headers) bytes += headerOverheadBytes + Buffer.byteLength(name) + (content?.length ?? 0);
  return bytes;
}
