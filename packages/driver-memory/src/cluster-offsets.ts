import type { StartPosition, TopicPartition } from "@millrace/kafka";
import { errorCodes } from "@millrace/protocol";
import { brokerError, requireNone } from "./broker-error.ts";
import type { EngineClient } from "./engine-client.ts";

/** Number of partitions of each topic that exists. */
export async function partitionCounts(
  client: EngineClient,
  topics: readonly string[],
  options: { readonly create: boolean },
): Promise<ReadonlyMap<string, number>> {
  const answer = await client.call("Metadata", { topics: topics.map((name) => ({ name })), allowAutoTopicCreation: options.create });
  const counts = new Map<string, number>();
  for (const { name, errorCode, partitions } of answer.topics) {
    if (errorCode === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) continue;
    requireNone(errorCode, "looking up", { topic: name ?? "" });
    if (name !== null) counts.set(name, partitions.length);
  }
  return counts;
}

const specialTimestamps = { earliest: -2, latest: -1 } as const;

/** First or next offsets of partitions, or the first at or after a timestamp (-1: none). */
export async function listOffsets(
  client: EngineClient,
  places: readonly TopicPartition[],
  at: "earliest" | "latest" | number,
): Promise<readonly StartPosition[]> {
  const timestamp = typeof at === "number" ? at : specialTimestamps[at];
  const answer = await client.call("ListOffsets", {
    replicaId: -1,
    isolationLevel: 0,
    topics: byTopic(places).map(([name, partitions]) => ({
      name,
      partitions: partitions.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp })),
    })),
  });
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode, offset }) => {
      if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, "looking up offsets of", { topic: name, partition: partitionIndex });
      return { topic: name, partition: partitionIndex, offset };
    }),
  );
}

/** Partitions gathered under their topics, as requests want them. */
export function byTopic(places: readonly TopicPartition[]): readonly (readonly [topic: string, partitions: readonly number[]])[] {
  return [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, parts]) => [topic, parts.map(({ partition }) => partition)]);
}
