import { batchesIn, crc32c, type ErrorName, ProtocolError, type RecordBatchHeader, readBatchHeader } from "@millrace/protocol";
import { checkRecords, type RecordProblem, type RecordRules } from "./check-records.ts";

/** What a partition demands of a batch. */
export interface BatchRules extends RecordRules {
  /** Version of the Produce request: zstd needs 7. */
  readonly produceVersion: number;
  /** Kafka: `max.message.bytes`. */
  readonly maxMessageBytes: number;
}

/** A batch that may be appended, or why not. */
export type CheckedBatch = { readonly accepted: true; readonly batch: Buffer; readonly header: RecordBatchHeader } | RefusedBatch;

/** Why a batch may not be appended. */
export interface RefusedBatch {
  readonly accepted: false;
  readonly error: ErrorName;
  /** For the log: Kafka does not tell the client. */
  readonly message: string;
  /** Whether Kafka sees it before it turns to the log, and so does not tell the log's start. */
  readonly beforeTheLog: boolean;
  /** The records that are to blame, where Kafka names them. */
  readonly recordErrors?: readonly RecordProblem[];
}

const checksumFrom = 21;
const seenBeforeTheLog: ReadonlySet<ErrorName> = new Set(["MESSAGE_TOO_LARGE", "CORRUPT_MESSAGE", "UNSUPPORTED_COMPRESSION_TYPE"]);

/**
 * Checks the records of a produce request in Kafka's order: shape, codec, base offset, size, checksum, control bit, counts, sequence,
 * and then the form, the key and the timestamp of every record.
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
  if (problem !== undefined) return refuse(...problem, seenBeforeTheLog.has(problem[0]));
  const wrong = checkRecords(batch, header, rules);
  if (wrong === undefined) return { accepted: true, batch, header };
  const refused = refuse(wrong.error, wrong.message, false);
  return wrong.records.length === 0 ? refused : { ...refused, recordErrors: wrong.records };
}

function problemOf(batch: Buffer, header: RecordBatchHeader, rules: BatchRules): [ErrorName, string] | undefined {
  if (header.compression === "zstd" && rules.produceVersion < 7)
    return ["UNSUPPORTED_COMPRESSION_TYPE", `zstd needs version 7 of the produce request, not ${rules.produceVersion}`];
  if (header.baseOffset !== 0) return ["INVALID_RECORD", `the base offset of a produced batch must be 0, not ${header.baseOffset}`];
  if (header.sizeBytes > rules.maxMessageBytes)
    return ["MESSAGE_TOO_LARGE", `the batch has ${header.sizeBytes} bytes; max.message.bytes is ${rules.maxMessageBytes}`];
  if (crc32c(batch, checksumFrom, batch.length) !== header.crc) return ["CORRUPT_MESSAGE", "the batch does not match its checksum"];
  if (header.compression === undefined) return ["UNKNOWN_SERVER_ERROR", "the batch has an unknown compression codec"];
  if (header.isControl) return ["INVALID_RECORD", "clients may not write control batches"];
  if (header.recordCount < 1 || header.recordCount !== header.lastOffsetDelta + 1)
    return ["INVALID_RECORD", `the batch says it has ${header.recordCount} records but ${header.lastOffsetDelta + 1} offsets`];
  if (header.producerId >= 0 && header.baseSequence < 0)
    return ["INVALID_RECORD", `a batch of producer ${header.producerId} must have a sequence number, not ${header.baseSequence}`];
  return undefined;
}

function refuse(error: ErrorName, message: string, beforeTheLog = true): RefusedBatch {
  return { accepted: false, error, message, beforeTheLog };
}
