import { type Codec, createCodec } from "@millrace/compression";
import type { FetchedBatch, KafkaRecord } from "@millrace/kafka";
import {
  batchesIn,
  type CompressionType,
  decodeRecordBatch,
  type RecordBatchHeader,
  readControlRecord,
  validateBatch,
} from "@millrace/protocol";

/** What a broker answered for one partition. */
export interface FetchedBytes {
  readonly topic: string;
  readonly partition: number;
  readonly fetchOffset: number;
  readonly highWatermark: number;
  readonly records: Buffer | null;
  readonly abortedTransactions: readonly { readonly producerId: number; readonly firstOffset: number }[] | null;
}

/** Turns fetched bytes into records. Holds the codecs that it met. */
export class FetchDecoder {
  readonly #codecs = new Map<CompressionType, Codec>();
  readonly #decompress = (data: Buffer, compression: CompressionType): Buffer => {
    let codec = this.#codecs.get(compression);
    if (codec === undefined) {
      codec = createCodec(compression);
      this.#codecs.set(compression, codec);
    }
    return codec.decompress(data);
  };

  /**
   * The data records at or above the offset asked for, and the position after everything that came: control records, aborted transactions, batches that
   * compaction emptied or cut short. A batch that the size limit cut off is left for the next fetch. Checksums are checked, as with Kafka's `check.crcs`.
   * @throws ProtocolError when the bytes are no record batches, or not those that were sent
   */
  decode(fetched: FetchedBytes): FetchedBatch {
    const { topic, partition, fetchOffset, highWatermark } = fetched;
    const bytes = fetched.records;
    const records: KafkaRecord[] = [];
    let nextOffset = fetchOffset;
    if (bytes === null) return { topic, partition, fetchOffset, records, nextOffset, highWatermark };
    const isAborted = abortedBatches(bytes, fetched.abortedTransactions);
    for (const header of batchesIn(bytes)) {
      const lastOffset = header.baseOffset + header.lastOffsetDelta;
      const aborted = isAborted(header);
      if (lastOffset < fetchOffset) continue;
      nextOffset = lastOffset + 1;
      if (aborted || header.isControl) continue;
      validateBatch(bytes, header.at);
      const leaderEpoch = header.partitionLeaderEpoch;
      for (const record of decodeRecordBatch(bytes, header.at, { decompress: this.#decompress }).records) {
        if (record.offset < fetchOffset) continue;
        const { offset, timestamp, key, value, headers } = record;
        records.push({ topic, partition, offset, timestamp, key, value, headers, leaderEpoch });
      }
    }
    return { topic, partition, fetchOffset, records, nextOffset, highWatermark };
  }
}

// A transaction is aborted from the offset that the broker names to the abort marker of the same producer.
function abortedBatches(bytes: Buffer, transactions: FetchedBytes["abortedTransactions"]): (header: RecordBatchHeader) => boolean {
  if (transactions === null || transactions.length === 0) return () => false;
  const pending = [...transactions].sort((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<number>();
  return (header) => {
    if (header.producerId < 0) return false;
    const lastOffset = header.baseOffset + header.lastOffsetDelta;
    for (let next = pending[0]; next !== undefined && next.firstOffset <= lastOffset; next = pending[0]) {
      aborting.add(next.producerId);
      pending.shift();
    }
    if (header.isControl) {
      if (endsWithAbort(bytes, header)) aborting.delete(header.producerId);
      return false;
    }
    return header.isTransactional && aborting.has(header.producerId);
  };
}

function endsWithAbort(bytes: Buffer, header: RecordBatchHeader): boolean {
  const marker = decodeRecordBatch(bytes, header.at).records[0];
  return marker !== undefined && readControlRecord(marker).type === "abort";
}
