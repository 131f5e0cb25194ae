import type { Clock } from "@millrace/core";
import { encodeRecordBatch, endTransactionRecord } from "@millrace/protocol";
import type { LogKeeper } from "../engine/log-keeper.ts";
import type { ParkedFetches } from "../engine/parked-fetches.ts";
import type { GroupCoordinator } from "../groups/group-coordinator.ts";
import type { Partition } from "../topics/partition.ts";
import type { Topic } from "../topics/topic.ts";
import type { TopicRegistry } from "../topics/topic-registry.ts";
import { groupOffsetsTopic } from "./group-offsets-partition.ts";
import type { EndedTransaction } from "./transactional-id.ts";

/** The coordinator never moves, so its epoch never changes. */
export const coordinatorEpoch = 0;

/** What a transaction's end changes. */
export interface TransactionSurroundings {
  readonly clock: Clock;
  readonly topics: TopicRegistry;
  readonly groups: GroupCoordinator;
  readonly logs: LogKeeper;
  readonly parkedFetches: ParkedFetches;
}

/** Writes a marker to every partition of a transaction that is still there, settles its offsets, and then lets readers see it. */
export function completeTransaction(
  ended: EndedTransaction,
  { clock, topics, groups, logs, parkedFetches }: TransactionSurroundings,
): void {
  const nowMs = Math.floor(clock.now());
  const written: Partition[] = [];
  for (const { topic: name, partition: index } of ended.partitions) {
    const topic = topics.named(name);
    const partition = topic?.partitions[index];
    if (topic === undefined || partition === undefined) continue;
    if (writeMarker(topic, partition, ended, nowMs, logs)) written.push(partition);
  }
  if (ended.partitions.some(({ topic }) => topic === groupOffsetsTopic)) groups.transactionEnded(ended.producerId, ended.committed);
  parkedFetches.wake(written);
}

/**
 * Writes one marker. Where memory has run out only those are written that have records before them, and so are bounded by what was let in;
 * the others change nothing for readers.
 */
function writeMarker(topic: Topic, partition: Partition, ended: EndedTransaction, nowMs: number, logs: LogKeeper): boolean {
  const { log, producers } = partition;
  const { producerId, producerEpoch, committed } = ended;
  const record = endTransactionRecord({ type: committed ? "commit" : "abort", coordinatorEpoch, timestamp: nowMs });
  const batch = encodeRecordBatch({ records: [record], producerId, producerEpoch, isTransactional: true, isControl: true });
  producers.marked({ producerId, producerEpoch, coordinatorEpoch, timestamp: nowMs }, nowMs);
  const hasRecords = log.transactions.openOffsetOf(producerId) !== undefined;
  if (!logs.prepare(partition, topic, batch) && !hasRecords) return false;
  const offset = log.append(batch, topic.config("message.timestamp.type") === "LogAppendTime" ? nowMs : undefined);
  log.transactions.ended(producerId, { markerOffset: offset, committed });
  return true;
}
