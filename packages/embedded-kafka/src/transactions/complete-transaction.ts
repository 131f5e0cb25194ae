import type { Clock } from "@millrace/core";
import type { LogKeeper } from "../engine/log-keeper.ts";
import type { ParkedFetches } from "../engine/parked-fetches.ts";
import type { GroupCoordinator } from "../groups/group-coordinator.ts";
import { internalTopics } from "../topics/internal-topics.ts";
import type { Partition } from "../topics/partition.ts";
import type { TopicRegistry } from "../topics/topic-registry.ts";
import type { EndedTransaction } from "./transactional-id.ts";
import { writeMarker } from "./write-marker.ts";

/** The coordinator never moves, so its epoch never changes. */
const coordinatorEpoch = 0;

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
  const { producerId, producerEpoch, committed } = ended;
  const marker = { producerId, producerEpoch, coordinatorEpoch, committed, timestamp: Math.floor(clock.now()) };
  const written: Partition[] = [];
  for (const { topic: name, partition: index } of ended.partitions) {
    if (name === internalTopics.group) continue;
    const topic = topics.named(name);
    const partition = topic?.partitions[index];
    if (topic === undefined || partition === undefined) continue;
    if (writeMarker(topic, partition, marker, logs)) written.push(partition);
  }
  if (ended.partitions.some(({ topic }) => topic === internalTopics.group)) groups.transactionEnded(producerId, committed);
  parkedFetches.wake(written);
}
