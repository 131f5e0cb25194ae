import { decodeRecordBatch, readControlRecord } from "@millrace/protocol";
import type { EngineCall } from "./engine-client.ts";

/** A record as a `read_committed` consumer hands it out. */
export interface CommittedRecord {
  readonly offset: number;
  readonly value: string;
}

/** What such a consumer finds in a partition. */
export interface CommittedView {
  readonly records: readonly CommittedRecord[];
  /** Where it ends up waiting. */
  readonly position: number;
}

/**
 * Reads a partition as a `read_committed` consumer does, answer by answer: each answer's list of aborted transactions, taken as sorted and
 * for that answer alone, says what to skip.
 */
export async function readCommitted(call: EngineCall, topic: string, partition: number, partitionMaxBytes: number): Promise<CommittedView> {
  const records: CommittedRecord[] = [];
  let position = 0;
  for (;;) {
    const body = {
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 1_000_000,
      isolationLevel: 1,
      topics: [{ topic, partitions: [{ partition, fetchOffset: position, partitionMaxBytes }] }],
    };
    const answer = (await call("Fetch", body, { version: 11 }))!.responses[0]!.partitions[0]!;
    if (answer.errorCode !== 0) throw new Error(`fetch of ${topic} ${partition} at ${position}: ${answer.errorCode}`);
    if (answer.records === null || answer.records.length === 0) return { records, position };
    const aborted = [...(answer.abortedTransactions ?? [])];
    const skipped = new Set<number>();
    for (let at = 0; at < answer.records.length; ) {
      const { header, records: batch } = decodeRecordBatch(answer.records, at);
      at += header.sizeBytes;
      const last = header.baseOffset + header.lastOffsetDelta;
      while (aborted.length > 0 && aborted[0]!.firstOffset <= last) skipped.add(aborted.shift()!.producerId);
      if (header.isControl) {
        if (readControlRecord(batch[0]!).type === "abort") skipped.delete(header.producerId);
      } else if (!(header.isTransactional && skipped.has(header.producerId))) {
        for (const { offset, value } of batch) if (offset >= position) records.push({ offset, value: String(value) });
      }
      position = Math.max(position, last + 1);
    }
  }
}
