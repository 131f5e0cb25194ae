import type { DriverConsumerSettings, TopicPartition } from "@millrace/kafka";
import type { ResponseTypes } from "@millrace/protocol";
import type { Broker, ConnectionIndex } from "../cluster/broker.ts";
import { groupByTopic } from "./group-by-topic.ts";

/** What a broker answers for the partitions of one topic. */
export type TopicAnswer = ResponseTypes["Fetch"]["responses"][number];

/** What a broker answers for one partition. */
export type PartitionAnswer = TopicAnswer["partitions"][number];

/** What the broker may need beyond the time it was told to wait. */
const networkMs = 5_000;

/** Asks a broker for records from the positions of these partitions on; it waits up to `maxWaitMs` until there are any. */
export async function fetchPartitions(
  broker: Broker,
  settings: DriverConsumerSettings,
  partitions: readonly (TopicPartition & { readonly position: number })[],
  options: { readonly maxWaitMs: number; readonly connection: ConnectionIndex },
): Promise<readonly TopicAnswer[]> {
  const { maxWaitMs, connection } = options;
  const { body } = await broker.send(
    "Fetch",
    () => ({
      replicaId: -1,
      maxWaitMs,
      minBytes: settings.fetchMinBytes,
      maxBytes: settings.fetchMaxBytes,
      isolationLevel: settings.isolation === "read_committed" ? 1 : 0,
      topics: groupByTopic(partitions).map(([topic, held]) => ({
        topic,
        partitions: held.map(({ partition, position }) => ({
          partition,
          fetchOffset: position,
          partitionMaxBytes: settings.maxPartitionFetchBytes,
        })),
      })),
    }),
    { connection, timeoutMs: maxWaitMs + networkMs },
  );
  return body.responses;
}
