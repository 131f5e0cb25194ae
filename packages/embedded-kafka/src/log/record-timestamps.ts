import { type DecodedRecordBatch, decodeRecordBatch, ProtocolError, type RecordBatchHeader } from "@millrace/protocol";

/** Which timestamps a partition takes; both ends belong to it. */
export interface TimestampRange {
  /** Kafka: now minus `message.timestamp.before.max.ms`. */
  readonly earliestTimestamp: number;
  /** Kafka: now plus `message.timestamp.after.max.ms`. */
  readonly latestTimestamp: number;
}

/** A record that is a reason why its batch was refused. */
export interface RecordProblem {
  readonly batchIndex: number;
  readonly batchIndexErrorMessage: string;
}

/** Whether a batch's timestamps are in range, as far as its header tells: by the first and by the largest of them. */
export function timestampsFit({ baseTimestamp, maxTimestamp }: RecordBatchHeader, range: TimestampRange): boolean {
  return fits(baseTimestamp, range) && fits(maxTimestamp, range);
}

/** The records whose timestamps are out of range; none when they cannot be looked into. */
export function recordsOutOfRange(batch: Buffer, range: TimestampRange): RecordProblem[] {
  return recordsOf(batch).flatMap(({ timestamp }, batchIndex) =>
    fits(timestamp, range)
      ? []
      : {
          batchIndex,
          batchIndexErrorMessage: `timestamp ${timestamp} is not between ${range.earliestTimestamp} and ${range.latestTimestamp}`,
        },
  );
}

function recordsOf(batch: Buffer): DecodedRecordBatch["records"] {
  try {
    return decodeRecordBatch(batch).records;
  } catch (error) {
    if (ProtocolError.is(error)) return [];
    throw error;
  }
}

/** A record without a timestamp always fits. */
function fits(timestamp: number, { earliestTimestamp, latestTimestamp }: TimestampRange): boolean {
  return timestamp < 0 || (timestamp >= earliestTimestamp && timestamp <= latestTimestamp);
}
