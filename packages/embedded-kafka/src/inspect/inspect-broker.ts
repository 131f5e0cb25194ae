import { decodeRecordBatch } from "@millrace/protocol";
import type { Decompress } from "../engine/broker-settings.ts";
import type { GroupCoordinator } from "../groups/group-coordinator.ts";
import { internalTopics } from "../topics/internal-topics.ts";
import type { TopicRegistry } from "../topics/topic-registry.ts";
import type { TransactionCoordinator } from "../transactions/transaction-coordinator.ts";
import type { BrokerGroup, BrokerOffset, BrokerRecord, BrokerTransaction, RecordSelection } from "./broker-snapshot.ts";

/**
 * The records of a topic that a consumer could read, partition by partition in order of offset, without the markers of transactions. A topic that
 * does not exist has none.
 */
export function recordsOf(
  topics: TopicRegistry,
  name: string,
  decompress: Decompress,
  { partition, isolation = "read_uncommitted" }: RecordSelection = {},
): BrokerRecord[] {
  const found: BrokerRecord[] = [];
  for (const { index, log } of topics.named(name)?.partitions ?? []) {
    if (partition !== undefined && index !== partition) continue;
    const committedOnly = isolation === "read_committed";
    for (const batch of log.batches()) {
      const { header, records } = decodeRecordBatch(batch, 0, { decompress });
      const { isControl, isTransactional, producerId, baseOffset } = header;
      if (isControl) continue;
      if (committedOnly && baseOffset >= log.lastStableOffset) break;
      if (committedOnly && isTransactional && log.transactions.isAborted(producerId, baseOffset)) continue;
      for (const record of records) if (record.offset >= log.startOffset) found.push({ topic: name, partition: index, ...record });
    }
  }
  return found;
}

export function groupsOf(groups: GroupCoordinator): BrokerGroup[] {
  return [...groups.all()].map((group) => ({
    groupId: group.id,
    state: group.state,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    generation: group.generation,
    leader: group.leaderId,
    members: group.members.map(({ id, identity }) => ({
      memberId: id,
      instanceId: identity.instanceId,
      clientId: identity.clientId,
      clientHost: identity.clientHost,
    })),
  }));
}

export function offsetsOf(groups: GroupCoordinator, groupId: string): BrokerOffset[] {
  const found: BrokerOffset[] = [];
  for (const [topic, partitions] of groups.get(groupId)?.offsets.byTopic() ?? []) {
    for (const [partition, { offset, leaderEpoch, metadata }] of partitions)
      found.push({ topic, partition, offset, leaderEpoch, metadata });
  }
  return found;
}

export function transactionsOf(transactions: TransactionCoordinator, groups: GroupCoordinator): BrokerTransaction[] {
  return [...transactions.all()].map(({ id, state, identity, timeoutMs, startedAtMs, partitions }) => ({
    transactionalId: id,
    state,
    ...identity,
    timeoutMs,
    startedAtMs,
    partitions: partitions.filter(({ topic }) => topic !== internalTopics.group),
    groups: groups.inTransaction(identity.producerId),
  }));
}
