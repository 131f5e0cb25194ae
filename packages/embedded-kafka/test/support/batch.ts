import { encodeRecordBatch, type RecordBatchInput } from "@millrace/protocol";

/** A batch of records with these values. */
export function batchOf(
  values: readonly (string | null)[],
  options: Omit<RecordBatchInput, "records"> & { readonly timestamp?: number } = {},
): Buffer {
  const { timestamp = 1_700_000_000_000, ...batch } = options;
  return encodeRecordBatch({
    ...batch,
    records: values.map((value) => ({ timestamp, key: Buffer.from("key"), value: value === null ? null : Buffer.from(value) })),
  });
}
