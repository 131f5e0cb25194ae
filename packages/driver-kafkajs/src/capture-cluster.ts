import { KafkaError } from "@millrace/kafka";
import type { Kafka } from "kafkajs";
import type { KafkaJsCluster } from "./kafkajs-internals.ts";

/** Makes a cluster of kafkajs's, which makes connections with the client's addresses, TLS, SASL and time-outs, without a producer or consumer around it. */
export function captureCluster(kafka: Kafka): KafkaJsCluster {
  let captured: unknown;
  // Every partition assigner is given the cluster of its consumer when that consumer is made. The consumer itself is never started.
  kafka.consumer({
    groupId: "millrace",
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
  return typeof cluster?.connectionPoolBuilder?.build === "function" && typeof cluster.brokerPool?.createBroker === "function";
}
