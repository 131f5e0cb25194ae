import { decodeVersionedMessage, encodeVersionedMessage } from "../embedded-message.ts";
import { ProtocolError } from "../protocol-error.ts";
import type { DecodedRecord, RecordInput } from "./kafka-record.ts";

/** What a control record says; `"unknown"` is one of a newer Kafka. */
export type ControlRecordType =
  | "abort"
  | "commit"
  | "leader-change"
  | "snapshot-header"
  | "snapshot-footer"
  | "kraft-version"
  | "kraft-voters"
  | "unknown";

/** By the number that stands for it in a control record's key. */
const types: readonly ControlRecordType[] = [
  "abort",
  "commit",
  "leader-change",
  "snapshot-header",
  "snapshot-footer",
  "kraft-version",
  "kraft-voters",
];

/** A control record in words. */
export interface ControlRecord {
  readonly type: ControlRecordType;
  /** Epoch of the transaction coordinator; `undefined` unless the record ends a transaction. */
  readonly coordinatorEpoch: number | undefined;
}

/**
 * What a record of a control batch says.
 * @throws ProtocolError `MALFORMED` the record has no key, or no value where it ends a transaction; `TRUNCATED`, `UNSUPPORTED_VERSION`
 */
export function readControlRecord(record: Pick<DecodedRecord, "key" | "value">): ControlRecord {
  if (record.key === null) throw new ProtocolError("MALFORMED", "a control record has no key");
  const type = types[decodeVersionedMessage("ControlRecordTypeSchema", record.key).body.type] ?? "unknown";
  if (type !== "abort" && type !== "commit") return { type, coordinatorEpoch: undefined };
  if (record.value === null) throw new ProtocolError("MALFORMED", `a control record (${type}) has no value`);
  return { type, coordinatorEpoch: decodeVersionedMessage("EndTxnMarker", record.value).body.coordinatorEpoch };
}

/** The record that ends a transaction, for a batch with `isControl` and `isTransactional`. */
export function endTransactionRecord(marker: {
  readonly type: "abort" | "commit";
  readonly coordinatorEpoch: number;
  readonly timestamp: number;
}): RecordInput {
  return {
    timestamp: marker.timestamp,
    key: encodeVersionedMessage("ControlRecordTypeSchema", 0, { type: types.indexOf(marker.type) }),
    value: encodeVersionedMessage("EndTxnMarker", 0, { coordinatorEpoch: marker.coordinatorEpoch }),
    headers: [],
  };
}
