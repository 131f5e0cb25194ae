import type { Clock } from "@millrace/core";
import type { StartPosition, TopicPartition } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { untilDeadline } from "../cluster/until-deadline.ts";
import { groupByTopic } from "./group-by-topic.ts";

const earliestTimestamp = -2;
const latestTimestamp = -1;

/**
 * First or next offset of partitions, or the first offset at or after a timestamp, -1 when there is none. With `read_committed` the next offset is the
 * first one of the oldest open transaction. Answers in the order asked.
 */
export async function listOffsets(options: {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly partitions: readonly TopicPartition[];
  readonly at: "earliest" | "latest" | number;
  readonly isolation: "read_committed" | "read_uncommitted";
  readonly signal?: AbortSignal | undefined;
}): Promise<readonly StartPosition[]> {
  const { cluster, clock, timeoutMs, partitions, at, isolation, signal } = options;
  if (partitions.length === 0) return [];
  const timestamp = at === "earliest" ? earliestTimestamp : at === "latest" ? latestTimestamp : at;
  const isolationLevel = isolation === "read_committed" ? 1 : 0;
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  const found = new Map<string, number>();

  const ask = async (nodeId: number, wanted: readonly TopicPartition[]): Promise<void> => {
    const { body } = await (await cluster.broker(nodeId)).send("ListOffsets", (version) => ({
      replicaId: -1,
      ...(version >= 2 ? { isolationLevel } : {}),
      topics: groupByTopic(wanted).map(([name, held]) => ({
        name,
        partitions: held.map(({ partition }) => ({ partitionIndex: partition, timestamp })),
      })),
    }));
    for (const { name, partitions: answers } of body.topics) {
      for (const { partitionIndex, errorCode, offset } of answers) {
        if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, describe(name, partitionIndex));
        found.set(`${name}/${partitionIndex}`, offset);
      }
    }
  };

  const recover = async (): Promise<void> => await cluster.refresh(topics);
  const context = { what: `Asking for offsets of ${topics.map((topic) => `"${topic}"`).join(", ")}`, brokers: cluster.brokers };
  await untilDeadline({ clock, timeoutMs, signal, context, recover, closing: cluster.closing }, async () => {
    if (topics.some((topic) => cluster.topic(topic) === undefined)) await cluster.refresh(topics);
    const byLeader = Map.groupBy(
      partitions.filter(({ topic, partition }) => !found.has(`${topic}/${partition}`)),
      ({ topic, partition }) => leaderOf(cluster, topic, partition),
    );
    await Promise.all([...byLeader].map(async ([nodeId, wanted]) => await ask(nodeId, wanted)));
  });
  return partitions.map(({ topic, partition }) => ({ topic, partition, offset: found.get(`${topic}/${partition}`) ?? -1 }));
}

function leaderOf(cluster: Cluster, topic: string, partition: number): number {
  const leader = cluster.leader(topic, partition);
  if (leader !== undefined) return leader;
  const errorCode = cluster.topic(topic)?.errorCode;
  throw brokerError(errorCode ? errorCode : errorCodes.UNKNOWN_TOPIC_OR_PARTITION, describe(topic, partition));
}

function describe(topic: string, partition: number): { what: string; topic: string; partition: number } {
  return { what: `Asking for an offset of "${topic}" partition ${partition}`, topic, partition };
}
