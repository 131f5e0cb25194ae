import { type CompressionType, type ErrorName, ProtocolError, type RecordBatchHeader } from "@millrace/protocol";
import { MalformedRecords, scanRecords } from "./scan-records.ts";

/** What a partition demands of each record. Both ends of the range of timestamps belong to it. */
export interface RecordRules {
  /** Kafka: now minus `message.timestamp.before.max.ms`. */
  readonly earliestTimestamp: number;
  /** Kafka: now plus `message.timestamp.after.max.ms`. */
  readonly latestTimestamp: number;
  /** Whether the topic is compacted, so that every record has to have a key. @default false */
  readonly needsKeys?: boolean;
  /** Unpacks compressed records; without it, or where it has no function for the codec, they are not looked at. */
  readonly decompress?: (data: Buffer, compression: CompressionType) => Buffer;
}

/** A record that is a reason why its batch was refused. */
export interface RecordProblem {
  readonly batchIndex: number;
  readonly batchIndexErrorMessage: string;
}

/** Why records may not be appended. */
export interface RecordsProblem {
  readonly error: ErrorName;
  readonly message: string;
  /** The records that are to blame; none where they cannot be told apart. */
  readonly records: readonly RecordProblem[];
}

const headerBytes = 61;

/** Looks at every record of a batch whose header is right: its form, its key, its timestamp. One that is out of time fails them all so. */
export function checkRecords(batch: Buffer, header: RecordBatchHeader, rules: RecordRules): RecordsProblem | undefined {
  const { earliestTimestamp, latestTimestamp, needsKeys = false } = rules;
  const records: RecordProblem[] = [];
  let outOfTime = false;
  try {
    const data = unpacked(batch.subarray(headerBytes), header.compression ?? "none", rules.decompress);
    if (data === undefined) return undefined;
    scanRecords(data, 0, header, (batchIndex, timestamp, hasKey) => {
      if (needsKeys && !hasKey) {
        records.push({ batchIndex, batchIndexErrorMessage: "a compacted topic takes no record without a key" });
      } else if (timestamp >= 0 && (timestamp < earliestTimestamp || timestamp > latestTimestamp)) {
        outOfTime = true;
        records.push({
          batchIndex,
          batchIndexErrorMessage: `timestamp ${timestamp} is not between ${earliestTimestamp} and ${latestTimestamp}`,
        });
      }
    });
  } catch (error) {
    if (error instanceof MalformedRecords) return { error: "INVALID_RECORD", message: error.message, records: [] };
    // What a codec throws is its own; to Kafka, too, it is an error that nobody expected.
    return { error: "UNKNOWN_SERVER_ERROR", message: `records that cannot be unpacked: ${String(error)}`, records: [] };
  }
  if (records.length === 0) return undefined;
  const message = `${records.length} records were refused, the first because ${records[0]!.batchIndexErrorMessage}`;
  return { error: outOfTime ? "INVALID_TIMESTAMP" : "INVALID_RECORD", message, records };
}

/** The bytes of the records, or `undefined` when there is no function for their codec. */
function unpacked(data: Buffer, compression: CompressionType, decompress: RecordRules["decompress"]): Buffer | undefined {
  if (compression === "none") return data;
  try {
    return decompress?.(data, compression);
  } catch (error) {
    if (ProtocolError.is(error) && error.code === "COMPRESSION" && error.cause === undefined) return undefined;
    throw error;
  }
}
