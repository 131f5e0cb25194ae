import { type ErrorName, errorCodes, type RequestTypes } from "@millrace/protocol";
import { internalTopics } from "../topics/internal-topics.ts";
import type { Partition } from "../topics/partition.ts";
import { writeMarker } from "../transactions/write-marker.ts";
import { type ApiRegistration, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";

type AskedMarker = RequestTypes["WriteTxnMarkers"]["markers"][number];
interface AnsweredTopic {
  readonly name: string;
  readonly partitions: { readonly partitionIndex: number; readonly errorCode: number }[];
}

/** Ends transactions in single partitions: what brokers tell each other, and what an admin asks for who finds a hanging one (KIP-664). */
export const writeTxnMarkers: ApiRegistration = serve("WriteTxnMarkers", {
  handle({ body, nodeId }, broker) {
    const written: Partition[] = [];
    const topicsOf = new Map<number, AnsweredTopic[]>();
    for (const marker of body.markers) {
      const topics = marker.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          errorCode: errorCodes[write(marker, name, partitionIndex, broker, written, nodeId)],
        })),
      }));
      topicsOf.set(marker.producerId, [...(topicsOf.get(marker.producerId) ?? []), ...topics]);
    }
    broker.parkedFetches.wake(written);
    return { markers: [...topicsOf].map(([producerId, topics]) => ({ producerId, topics })) };
  },
});

function write(
  marker: AskedMarker,
  name: string,
  index: number,
  broker: BrokerState,
  written: Partition[],
  nodeId: number | undefined,
): ErrorName {
  const { producerId, producerEpoch, coordinatorEpoch, transactionResult: committed } = marker;
  if (name === internalTopics.group) {
    broker.groups.transactionEnded(producerId, committed);
    return "NONE";
  }
  const topic = broker.topics.named(name);
  const partition = topic?.partitions[index];
  if (topic === undefined || partition === undefined) return "UNKNOWN_TOPIC_OR_PARTITION";
  if (!partition.isLedBy(nodeId)) return "NOT_LEADER_OR_FOLLOWER";
  const problem = problemOf(marker, partition);
  if (problem !== undefined) return problem;
  const timestamp = Math.floor(broker.clock.now());
  if (writeMarker(topic, partition, { producerId, producerEpoch, coordinatorEpoch, committed, timestamp }, broker.logs))
    written.push(partition);
  return "NONE";
}

/** A marker from the past ends nothing. Since KIP-890 one that ends records has a newer epoch than they have. */
function problemOf(
  { producerId, producerEpoch, coordinatorEpoch, transactionVersion }: AskedMarker,
  partition: Partition,
): ErrorName | undefined {
  const { log, producers } = partition;
  const known = producers.get(producerId);
  if (known === undefined) return undefined;
  const bumps = transactionVersion >= 2 && log.transactions.openOffsetOf(producerId) !== undefined;
  if (producerEpoch < known.producerEpoch || (bumps && producerEpoch === known.producerEpoch)) return "INVALID_PRODUCER_EPOCH";
  return coordinatorEpoch < known.coordinatorEpoch ? "TRANSACTION_COORDINATOR_FENCED" : undefined;
}
