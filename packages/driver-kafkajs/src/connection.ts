import { ClosedError } from "@millrace/core";
import type { DriverAdmin, DriverConnection, DriverConsumer, DriverContext, DriverProducer } from "@millrace/kafka";
import type { Kafka } from "kafkajs";
import { createKafkaJsAdmin } from "./admin/kafkajs-admin.ts";
import { captureCluster } from "./client/capture-cluster.ts";
import { DriverCluster } from "./client/driver-cluster.ts";
import { KafkaJsConsumer } from "./consumer/kafkajs-consumer.ts";
import { KafkaJsProducer } from "./producer/kafkajs-producer.ts";
import { repairRequestQueue } from "./repair/repair-request-queue.ts";

/** What a connection is made from. */
export interface ConnectionOptions {
  readonly context: DriverContext;
  readonly kafka: Kafka;
  readonly brokers: string;
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly repair: boolean;
}

/** A connection whose producers, consumers and admin each have a cluster of kafkajs's, and so connections, of their own: none waits for another's answer. */
export function createConnection(options: ConnectionOptions): DriverConnection {
  const { context, kafka, brokers, connectionTimeoutMs, requestTimeoutMs } = options;
  const { clock, logger } = context;
  const open = new Map<DriverCluster, { close(): Promise<void> }>();
  let closed = false;

  const assertOpen = (): void => {
    if (closed) throw new ClosedError("the connection");
  };
  const openCluster = async (allowAutoTopicCreation: boolean): Promise<DriverCluster> => {
    assertOpen();
    const cluster = captureCluster(kafka, { allowAutoTopicCreation });
    if (options.repair) await repairRequestQueue(cluster, logger);
    const made: DriverCluster = new DriverCluster({
      cluster,
      clock,
      logger,
      brokers,
      allowAutoTopicCreation,
      connectTimeoutMs: connectionTimeoutMs,
      onClosed: () => open.delete(made),
    });
    return made;
  };
  // What could not be started is closed; what could is closed with the connection.
  const started = async <T extends { close(): Promise<void> }>(cluster: DriverCluster, made: T, start: () => Promise<void>): Promise<T> => {
    open.set(cluster, made);
    try {
      // The connection may have been closed while this was being made.
      assertOpen();
      await start();
      return made;
    } catch (error) {
      await made.close();
      throw error;
    }
  };

  return {
    createProducer: async (settings): Promise<DriverProducer> => {
      const cluster = await openCluster(true);
      return await started(cluster, new KafkaJsProducer({ cluster, settings, clock, logger }), async () => await cluster.connect());
    },
    createConsumer: async (settings, handlers): Promise<DriverConsumer> => {
      const cluster = await openCluster(true);
      const consumer = new KafkaJsConsumer({ cluster, settings, handlers, clock, logger, requestTimeoutMs });
      return await started(cluster, consumer, async () => await consumer.start());
    },
    createAdmin: async (): Promise<DriverAdmin> => {
      const cluster = await openCluster(false);
      return await started(cluster, createKafkaJsAdmin({ cluster, clock, requestTimeoutMs }), async () => await cluster.connect());
    },
    close: async () => {
      closed = true;
      await Promise.all([...open.values()].map(async (made) => await made.close()));
    },
  };
}
