import type { ConnectionOptions } from "@millrace/config";
import type { Check, Finding } from "@millrace/core";
import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka, type KafkaDriver } from "@millrace/kafka";
import { createClusterView, createNetworkView, type KafkaCheckContext } from "@millrace/kafka/checks";
import { type ConnectionSettings, connectionSettings } from "@millrace/kafka/config";
import type { AnyTopic } from "@millrace/topics";
import { onTestFinished } from "vitest";

/** What one check finds with a client that connects as configured. */
export async function examine(
  check: Check<KafkaCheckContext>,
  options: {
    readonly connection: ConnectionOptions;
    readonly topics?: readonly AnyTopic[];
    readonly timeoutMs?: number;
    readonly make?: (settings: ConnectionSettings) => KafkaDriver;
  },
): Promise<readonly Finding[]> {
  const { connection, topics = [], timeoutMs = 5_000, make = kafkajs } = options;
  const kafka = createKafka({ driver: make(connectionSettings(connection)) });
  onTestFinished(() => kafka.close());
  const context: KafkaCheckContext = {
    connection,
    topics,
    groups: [],
    clientIds: [],
    cluster: createClusterView({ admin: kafka.admin(), timeoutMs }),
    network: createNetworkView({ connection, timeoutMs }),
  };
  const blocked = check.blockedBy(context);
  if (blocked !== undefined) throw new Error(blocked);
  return await check.run(context, AbortSignal.timeout(10 * timeoutMs));
}
