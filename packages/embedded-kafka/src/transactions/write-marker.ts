import { encodeRecordBatch, endTransactionRecord } from "@millrace/protocol";
import type { LogKeeper } from "../engine/log-keeper.ts";
import type { Partition } from "../topics/partition.ts";
import type { Topic } from "../topics/topic.ts";

/** The end of a producer's transaction in one partition. */
export interface TransactionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly committed: boolean;
  /** In milliseconds since 1970, whole. */
  readonly timestamp: number;
}

/**
 * Writes one marker; `false` when it was left out. Where memory has run out only those are written that have records before them, and so are
 * bounded by what was let in; the others change nothing for readers.
 */
export function writeMarker(topic: Topic, partition: Partition, marker: TransactionMarker, logs: LogKeeper): boolean {
  const { log, producers } = partition;
  const { producerId, producerEpoch, coordinatorEpoch, committed, timestamp } = marker;
  const record = endTransactionRecord({ type: committed ? "commit" : "abort", coordinatorEpoch, timestamp });
  const batch = encodeRecordBatch({ records: [record], producerId, producerEpoch, isTransactional: true, isControl: true });
  producers.marked(marker, timestamp);
  const hasRecords = log.transactions.openOffsetOf(producerId) !== undefined;
  if (!logs.prepare(partition, topic, batch) && !hasRecords) return false;
  const offset = log.append(batch, topic.config("message.timestamp.type") === "LogAppendTime" ? timestamp : undefined);
  log.transactions.ended(producerId, { markerOffset: offset, committed });
  return true;
}
