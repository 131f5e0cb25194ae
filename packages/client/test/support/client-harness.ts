import { randomBytes } from "node:crypto";
import { type Logger, silentLogger, systemClock } from "@millrace/core";
import type {
  DriverAdmin,
  DriverConnection,
  DriverConsumer,
  DriverConsumerHandlers,
  DriverConsumerSettings,
  DriverProducer,
  DriverProducerSettings,
  DriverTransactionalProducer,
  DriverTransactionalProducerSettings,
  FetchedBatch,
  GroupMembership,
  ProduceRecord,
  TopicPartition,
} from "@millrace/kafka";
import { type ClientConnectionOptions, createClientConnection } from "../../src/index.ts";
import { createSocketTransport, type SocketTransport } from "./socket-transport.ts";

/** A name that nobody else uses. */
export const uniqueName = (word: string): string => `${word}-${randomBytes(6).toString("hex")}`;

/** A record of text. */
export const record = (value: string): ProduceRecord => ({ timestamp: Date.now(), key: null, value: Buffer.from(value), headers: [] });

/** A consumer and what it was told. */
export interface Member {
  readonly consumer: DriverConsumer;
  readonly held: () => readonly TopicPartition[];
  readonly membership: () => GroupMembership;
  readonly batches: FetchedBatch[];
  readonly values: () => readonly string[];
  readonly revocations: { readonly reason: string; readonly partitions: readonly TopicPartition[] }[];
  readonly failures: Error[];
}

/** What a test says about a consumer; topics are the usual subscription. */
export type JoinSettings = Partial<DriverConsumerSettings> & { readonly group: string | null; readonly topics?: readonly string[] };

/** The client without the port above it. */
export interface Harness {
  readonly connection: DriverConnection;
  readonly transport: SocketTransport;
  readonly admin: () => Promise<DriverAdmin>;
  readonly producer: (settings?: Partial<DriverProducerSettings>) => Promise<DriverProducer>;
  readonly transactional: (settings?: Partial<DriverTransactionalProducerSettings>) => Promise<DriverTransactionalProducer>;
  readonly topic: (partitions?: number, configs?: Readonly<Record<string, string>>) => Promise<string>;
  readonly join: (settings: JoinSettings, handlers?: Partial<DriverConsumerHandlers>) => Promise<Member>;
  readonly close: () => Promise<void>;
}

export function createHarness(
  brokers: readonly string[],
  options: Partial<ClientConnectionOptions> & { readonly logger?: Logger } = {},
): Harness {
  const { logger = silentLogger, ...more } = options;
  const transport = createSocketTransport(brokers);
  const context = { clientId: "client-test", logger, clock: systemClock, random: Math.random };
  const connection = createClientConnection({ transport, context, brokers: brokers.join(", "), ...more });
  let admin: Promise<DriverAdmin> | undefined;
  const patience = {
    compression: "none",
    requestTimeoutMs: 10_000,
    deliveryTimeoutMs: 10_000,
    retries: Number.POSITIVE_INFINITY,
    retryBackoffMs: 20,
    retryBackoffMaxMs: 1_000,
    maxInFlightRequests: 5,
  } as const;
  const harness: Harness = {
    connection,
    transport,
    admin: () => (admin ??= connection.createAdmin()),
    producer: (settings = {}) =>
      connection.createProducer({
        acks: -1,
        idempotent: true,
        ...patience,
        deliveryTimeoutMs: settings.requestTimeoutMs ?? patience.deliveryTimeoutMs,
        ...settings,
      }),
    transactional: async (settings = {}) => {
      const producer = await connection.createTransactionalProducer({
        ...patience,
        transactionalId: uniqueName("id"),
        transactionTimeoutMs: 60_000,
        maxBlockMs: 10_000,
        ...settings,
      });
      await producer.init();
      return producer;
    },
    topic: async (partitions = 1, configs = {}) => {
      const name = uniqueName("client");
      await (await harness.admin()).createTopics([{ name, partitions, replicationFactor: 1, configs }], {
        validateOnly: false,
        timeoutMs: 10_000,
      });
      return name;
    },
    join: (settings, handlers = {}) => join(connection, settings, handlers),
    close: () => connection.close(),
  };
  return harness;
}

async function join(
  connection: DriverConnection,
  { topics, ...settings }: JoinSettings,
  handlers: Partial<DriverConsumerHandlers>,
): Promise<Member> {
  let membership: GroupMembership = { memberId: "", generationId: -1 };
  let held: readonly TopicPartition[] = [];
  const batches: FetchedBatch[] = [];
  const revocations: { reason: string; partitions: readonly TopicPartition[] }[] = [];
  const failures: Error[] = [];
  const made = Promise.withResolvers<DriverConsumer>();
  const consumer = await connection.createConsumer(
    {
      subscription: { topics: topics ?? [] },
      groupInstanceId: null,
      assignors: ["range", "RoundRobinAssigner"],
      metadataMaxAgeMs: 60_000,
      isolation: "read_committed",
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      heartbeatIntervalMs: 200,
      fetchMaxWaitMs: 200,
      fetchMinBytes: 1,
      fetchMaxBytes: 10_485_760,
      maxPartitionFetchBytes: 1_048_576,
      ...settings,
    },
    {
      outOfRange: async () => 0,
      ...handlers,
      assigned: async (granted, partitions) => {
        membership = granted;
        held = [...held, ...partitions];
        if (handlers.assigned !== undefined) return await handlers.assigned(granted, partitions);
        const committed = await (await made.promise).committed(partitions);
        return committed.map(({ topic, partition, offset }) => ({ topic, partition, offset: Math.max(0, offset) }));
      },
      renewed: (granted) => {
        membership = granted;
        handlers.renewed?.(granted);
      },
      revoked: async (partitions, reason) => {
        held = held.filter((each) => !partitions.some(({ topic, partition }) => each.topic === topic && each.partition === partition));
        revocations.push({ reason, partitions });
        await handlers.revoked?.(partitions, reason);
      },
      batch: async (batch) => {
        batches.push(batch);
        await handlers.batch?.(batch);
      },
      failed: (error) => {
        failures.push(error);
        handlers.failed?.(error);
      },
    },
  );
  made.resolve(consumer);
  const values = (): readonly string[] => batches.flatMap(({ records }) => records.map(({ value }) => String(value)));
  return { consumer, held: () => held, membership: () => membership, batches, values, revocations, failures };
}
