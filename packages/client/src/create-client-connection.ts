import { ClosedError } from "@millrace/core";
import type {
  DriverAdmin,
  DriverConnection,
  DriverConsumer,
  DriverContext,
  DriverProducer,
  DriverTransactionalProducer,
} from "@millrace/kafka";
import { createClientAdmin } from "./admin/create-client-admin.ts";
import { BrokerWatch } from "./cluster/broker-watch.ts";
import { Cluster } from "./cluster/cluster.ts";
import { ClientConsumer } from "./consumer/client-consumer.ts";
import { ClientProducer } from "./producer/client-producer.ts";
import { ClientTransactionalProducer } from "./transactions/client-transactional-producer.ts";
import type { Transport } from "./transport.ts";

/** How a client connects. */
export interface ClientConnectionOptions {
  /** What carries its requests. */
  readonly transport: Transport;
  /** What the port gave the driver. Every wait is on its clock. */
  readonly context: DriverContext;
  /** The addresses to start with as they are shown in messages. */
  readonly brokers: string;
  /** Longest time until a first broker answers, all attempts together, in milliseconds. @default 10_000 */
  readonly connectionTimeoutMs?: number | undefined;
  /** Longest time for a call of a consumer or admin, repetitions included, in milliseconds. Kafka: `request.timeout.ms`. @default 30_000 */
  readonly requestTimeoutMs?: number | undefined;
}

/**
 * A driver's connection over a transport: producers, consumers and admin clients that speak Kafka's protocol themselves. Each has connections of its
 * own: none waits for another's answer. Does no I/O; what it makes connects.
 */
export function createClientConnection(options: ClientConnectionOptions): DriverConnection {
  const { transport, context, brokers, connectionTimeoutMs = 10_000, requestTimeoutMs = 30_000 } = options;
  const { clock, logger } = context;
  const open = new Map<Cluster, { close(): Promise<void> }>();
  const watch = new BrokerWatch(context.onEvent);
  let closed = false;

  const assertOpen = (): void => {
    if (closed) throw new ClosedError("the connection");
  };
  const openCluster = (allowAutoTopicCreation: boolean): Cluster => {
    assertOpen();
    const made: Cluster = new Cluster({
      transport,
      clock,
      logger,
      watch,
      brokers,
      allowAutoTopicCreation,
      connectTimeoutMs: connectionTimeoutMs,
      requestTimeoutMs,
      onClosed: () => open.delete(made),
    });
    return made;
  };
  // What could not be started is closed; what could is closed with the connection.
  const started = async <T extends { close(): Promise<void> }>(cluster: Cluster, made: T, start: () => Promise<void>): Promise<T> => {
    open.set(cluster, made);
    try {
      await start();
      return made;
    } catch (error) {
      await made.close();
      throw error;
    }
  };

  return {
    createProducer: async (settings): Promise<DriverProducer> => {
      const cluster = openCluster(true);
      const producer = new ClientProducer({ cluster, settings, clock, logger });
      await started(cluster, producer, async () => await cluster.connect());
      // Plain objects, so that whoever puts something around them may spread them.
      return {
        send: (batches, onOutcome) => producer.send(batches, onOutcome),
        partitionCount: (topic, asked) => producer.partitionCount(topic, asked),
        partitionsFor: (topic) => producer.partitionsFor(topic),
        close: () => producer.close(),
      };
    },
    createTransactionalProducer: async (settings): Promise<DriverTransactionalProducer> => {
      const cluster = openCluster(true);
      const producer = new ClientTransactionalProducer({ cluster, settings, clock, logger });
      await started(cluster, producer, async () => await cluster.connect());
      return {
        init: () => producer.init(),
        send: (batches, onOutcome) => producer.send(batches, onOutcome),
        sendOffsets: (offsets, group) => producer.sendOffsets(offsets, group),
        commit: () => producer.commit(),
        abort: () => producer.abort(),
        partitionCount: (topic, asked) => producer.partitionCount(topic, asked),
        partitionsFor: (topic) => producer.partitionsFor(topic),
        close: () => producer.close(),
      };
    },
    createConsumer: async (settings, handlers): Promise<DriverConsumer> => {
      // What was found by a pattern, or is read to its end, must not come back to life when it is deleted.
      const cluster = openCluster(settings.subscription !== "assigned" && "topics" in settings.subscription);
      const consumer = new ClientConsumer({ cluster, settings, handlers, clock, logger, requestTimeoutMs });
      await started(cluster, consumer, async () => await consumer.start());
      return {
        assign: (partitions) => consumer.assign(partitions),
        seek: (position) => consumer.seek(position),
        committed: (partitions) => consumer.committed(partitions),
        commit: (offsets, membership) => consumer.commit(offsets, membership),
        offsets: (partitions, at, isolation) => consumer.offsets(partitions, at, isolation),
        close: () => consumer.close(),
      };
    },
    createAdmin: async (): Promise<DriverAdmin> => {
      const cluster = openCluster(false);
      return await started(
        cluster,
        createClientAdmin({ cluster, clock, timeoutMs: requestTimeoutMs }),
        async () => await cluster.connect(),
      );
    },
    close: async () => {
      closed = true;
      await Promise.all([...open.values()].map(async (made) => await made.close()));
    },
  };
}
