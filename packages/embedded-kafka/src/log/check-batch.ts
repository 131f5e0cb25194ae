import { batchesIn, crc32c, type ErrorName, ProtocolError, type RecordBatchHeader, readBatchHeader } from "@millrace/protocol";

/** What a partition demands of a batch. */
export interface BatchRules {
  /** Version of the Produce request: zstd needs 7. */
  readonly produceVersion: number;
  /** Kafka: `max.message.bytes`. */
  readonly maxMessageBytes: number;
  /** Latest timestamp a record may have. Kafka: now plus `message.timestamp.after.max.ms`. */
  readonly latestTimestamp: number;
  /** Earliest timestamp a record may have. Kafka: now minus `message.timestamp.before.max.ms`. */
  readonly earliestTimestamp: number;
}

/** A batch that may be appended, or why not. */
export type CheckedBatch =
  | { readonly accepted: true; readonly batch: Buffer; readonly header: RecordBatchHeader }
  | { readonly accepted: false; readonly error: ErrorName; readonly message: string };

const checksumFrom = 21;

/**
 * Checks the records of a produce request in Kafka's order: shape, codec, base offset, size, checksum, control bit, counts, sequence,
 * timestamps. Records are not decoded; what they hold is between producer and consumer.
 */
export function checkBatch(records: Buffer | null, rules: BatchRules): CheckedBatch {
  if (records === null || records.length === 0)
    return refuse("INVALID_RECORD", "a produce request must have one record batch per partition");
  let header: RecordBatchHeader;
  let tail: Buffer;
  try {
    header = readBatchHeader(records, 0);
    tail = records.subarray(header.sizeBytes);
    if (header.sizeBytes > records.length)
      return refuse("INVALID_RECORD", "a produce request must have one whole record batch per partition");
    // What follows may be the torn rest of a batch, which is ignored; a second batch is not.
    if (!(batchesIn(tail).next().done ?? false))
      return refuse("INVALID_RECORD", "a produce request must have only one record batch per partition");
  } catch (error) {
    if (!ProtocolError.is(error)) throw error;
    return refuse(error.code === "MALFORMED" || error.code === "UNSAFE_INTEGER" ? "CORRUPT_MESSAGE" : "INVALID_RECORD", error.message);
  }
  const batch = records.subarray(0, header.sizeBytes);
  const problem = problemOf(batch, header, rules);
  return problem === undefined ? { accepted: true, batch, header } : refuse(...problem);
}

function problemOf(batch: Buffer, header: RecordBatchHeader, rules: BatchRules): [ErrorName, string] | undefined {
  if (header.compression === "zstd" && rules.produceVersion < 7)
    return ["UNSUPPORTED_COMPRESSION_TYPE", `zstd needs version 7 of the produce request, not ${rules.produceVersion}`];
  if (header.baseOffset !== 0) return ["INVALID_RECORD", `the base offset of a produced batch must be 0, not ${header.baseOffset}`];
  if (header.sizeBytes > rules.maxMessageBytes)
    return ["MESSAGE_TOO_LARGE", `the batch has ${header.sizeBytes} bytes; max.message.bytes is ${rules.maxMessageBytes}`];
  if (crc32c(batch, checksumFrom, batch.length) !== header.crc) return ["CORRUPT_MESSAGE", "the batch does not match its checksum"];
  if (header.compression === undefined) return ["CORRUPT_MESSAGE", "the batch has an unknown compression codec"];
  if (header.isControl) return ["INVALID_RECORD", "clients may not write control batches"];
  if (header.recordCount < 1 || header.recordCount !== header.lastOffsetDelta + 1)
    return ["INVALID_RECORD", `the batch says it has ${header.recordCount} records but ${header.lastOffsetDelta + 1} offsets`];
  if (header.producerId >= 0 && header.baseSequence < 0)
    return ["INVALID_RECORD", `a batch of producer ${header.producerId} must have a sequence number, not ${header.baseSequence}`];
  if (header.maxTimestamp > rules.latestTimestamp || (header.maxTimestamp >= 0 && header.maxTimestamp < rules.earliestTimestamp))
    return ["INVALID_TIMESTAMP", `timestamp ${header.maxTimestamp} is not between ${rules.earliestTimestamp} and ${rules.latestTimestamp}`];
  return undefined;
}

function refuse(error: ErrorName, message: string): CheckedBatch {
  return { accepted: false, error, message };
}
