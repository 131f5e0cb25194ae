import { KafkaError } from "@millrace/kafka";
import type { Kafka } from "kafkajs";
import type { KafkaJsCluster } from "./kafkajs-internals.ts";

/** Makes a cluster of kafkajs's: its brokers, their connections, TLS, SASL and time-outs, without a producer or consumer around it. */
export function captureCluster(kafka: Kafka, options: { readonly allowAutoTopicCreation: boolean }): KafkaJsCluster {
  let captured: unknown;
  // Every partition assigner is given the cluster of its consumer when that consumer is made. The consumer itself is never started.
  kafka.consumer({
    groupId: "millrace",
    allowAutoTopicCreation: options.allowAutoTopicCreation,
    partitionAssigners: [
      ({ cluster }) => {
        captured = cluster;
        return { name: "unused", version: 0, assign: async () => [], protocol: () => ({ name: "unused", metadata: Buffer.alloc(0) }) };
      },
    ],
  });
  if (!isKnownCluster(captured)) {
    throw new KafkaError({
      code: "CAPABILITY_REFUSED",
      message: "This kafkajs is not the one the driver was written for: its cluster looks different. Use kafkajs 2.2.4.",
    });
  }
  return captured;
}

function isKnownCluster(candidate: unknown): candidate is KafkaJsCluster {
  const cluster = candidate as Partial<KafkaJsCluster> | undefined;
  return (
    cluster?.targetTopics instanceof Set &&
    typeof cluster.connect === "function" &&
    typeof cluster.disconnect === "function" &&
    typeof cluster.refreshMetadata === "function" &&
    typeof cluster.findBroker === "function" &&
    typeof cluster.connectionPoolBuilder?.build === "function" &&
    typeof cluster.brokerPool?.createBroker === "function" &&
    typeof cluster.brokerPool.findConnectedBroker === "function"
  );
}
