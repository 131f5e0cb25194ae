/** Header of a record: a name and a value. Names may repeat; order is kept. */
export type RecordHeader = readonly [name: string, value: Buffer | null];

/** A record to write. */
export interface RecordInput {
  /** @default the offset after the record before; the batch's base offset for the first */
  readonly offset?: number | undefined;
  /** Milliseconds since 1970; -1 is none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  /** `null` is a tombstone. */
  readonly value: Buffer | null;
  /** @default [] */
  readonly headers?: readonly RecordHeader[] | undefined;
}

/** A record read from a batch. Key, value and header values are slices of the batch (of the decompressed bytes where it is compressed). */
export interface DecodedRecord {
  readonly offset: number;
  /** Milliseconds since 1970. In a batch with `LogAppendTime` the time of the broker. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}
