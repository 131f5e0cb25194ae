import type { Clock } from "@millrace/core";
import { encodeRecordBatch, endTransactionRecord } from "@millrace/protocol";
import type { ParkedFetches } from "../engine/parked-fetches.ts";
import type { GroupCoordinator } from "../groups/group-coordinator.ts";
import type { Partition } from "../topics/partition.ts";
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
  readonly parkedFetches: ParkedFetches;
}

/** Writes a marker to every partition of a transaction that is still there, settles its offsets, and then lets readers see it. */
export function completeTransaction(ended: EndedTransaction, { clock, topics, groups, parkedFetches }: TransactionSurroundings): void {
  const nowMs = Math.floor(clock.now());
  const written: Partition[] = [];
  for (const { topic: name, partition: index } of ended.partitions) {
    const topic = topics.named(name);
    const partition = topic?.partitions[index];
    if (topic === undefined || partition === undefined) continue;
    writeMarker(partition, ended, nowMs, topic.config("message.timestamp.type") === "LogAppendTime");
    written.push(partition);
  }
  if (ended.partitions.some(({ topic }) => topic === groupOffsetsTopic)) groups.transactionEnded(ended.producerId, ended.committed);
  parkedFetches.wake(written);
}

function writeMarker({ log, producers }: Partition, ended: EndedTransaction, nowMs: number, stampsByBroker: boolean): void {
  const { producerId, producerEpoch, committed } = ended;
  const record = endTransactionRecord({ type: committed ? "commit" : "abort", coordinatorEpoch, timestamp: nowMs });
  const batch = encodeRecordBatch({ records: [record], producerId, producerEpoch, isTransactional: true, isControl: true });
  const offset = log.append(batch, stampsByBroker ? nowMs : undefined);
  log.transactions.ended(producerId, { markerOffset: offset, committed });
  producers.marked({ producerId, producerEpoch, coordinatorEpoch, timestamp: nowMs }, nowMs);
}
