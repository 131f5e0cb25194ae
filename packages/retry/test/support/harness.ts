import { memory } from "@millrace/driver-memory";
import {
  createKafka,
  type DriverProducer,
  type Kafka,
  type KafkaDriver,
  KafkaError,
  type KafkaRecord,
  type ProduceBatch,
  type ProduceOutcome,
  type RawMessage,
  readTopics,
} from "@millrace/kafka";
import { onTestFinished } from "vitest";
import { createDeadLetterWriter, type DeadLetterNaming, retryTopology } from "../../src/index.ts";

/** A cluster with the topics of `orders` and group `billing`, and dead letters on it. */
export interface LetterCluster {
  readonly kafka: Kafka;
  /** Another connection; `onSend` sees every batch before the broker does, and may fail it; `onCommit` makes each commit of a transaction; `onClaim` comes before a transactional id is claimed. */
  readonly connect: (
    onSend?: (batch: ProduceBatch) => void | Promise<void>,
    onCommit?: (commit: () => Promise<void>) => Promise<void>,
    onClaim?: () => void | Promise<void>,
  ) => Kafka;
  /** A connection that dies at its n-th moment; every batch is one, and every commit two, before and after it. What it has not sent by then is never sent. */
  readonly connectMortal: (deathAt: number) => MortalConnection;
  /** What the broker does when the time of an open transaction is up: of a job that died on the dead letters of a group. */
  readonly expire: (group: string) => Promise<void>;
  readonly read: (topic: string) => Promise<KafkaRecord[]>;
  /** Writes a dead letter for each value, at offsets from 0 on, from partition 1. */
  readonly fail: (values: readonly string[], options?: { readonly group?: string; readonly error?: unknown }) => Promise<void>;
  readonly sendRaw: (message: RawMessage) => Promise<void>;
}

/** A process that dies. */
export interface MortalConnection {
  readonly kafka: Kafka;
  readonly died: Promise<"died">;
  /** Ends what it waits for, so that it can be closed. */
  readonly bury: () => void;
}

export async function createLetterCluster(
  options: { readonly naming?: DeadLetterNaming; readonly maxMessageBytes?: number } = {},
): Promise<LetterCluster> {
  const inner = memory();
  const connect: LetterCluster["connect"] = (onSend = () => undefined, onCommit = (commit) => commit(), onClaim = () => undefined) => {
    const watched = <Watched extends Pick<DriverProducer, "send">>(producer: Watched): Watched => ({
      ...producer,
      async send(batches) {
        const outcomes = batches.map(async (batch): Promise<ProduceOutcome> => {
          try {
            await onSend(batch);
          } catch (error) {
            return { ok: false, error: error as Error };
          }
          return (await producer.send([batch]))[0]!;
        });
        return await Promise.all(outcomes);
      },
    });
    const driver: KafkaDriver = {
      ...inner,
      connect(context) {
        const connection = inner.connect(context);
        return {
          ...connection,
          createProducer: async (settings) => watched(await connection.createProducer(settings)),
          async createTransactionalProducer(settings) {
            const producer = await connection.createTransactionalProducer(settings);
            return {
              ...watched(producer),
              commit: () => onCommit(() => producer.commit()),
              async init() {
                await onClaim();
                return await producer.init();
              },
            };
          },
        };
      },
    };
    const kafka = createKafka({ driver });
    onTestFinished(() => kafka.close());
    return kafka;
  };
  const kafka = connect();
  const { deadLetters, retry, audit } = retryTopology({ topic: "orders", group: "billing", partitions: 2, ...options });
  await kafka.admin().ensureTopics([deadLetters, retry, audit]);
  const producer = kafka.producer();
  let next = 0;
  return {
    kafka,
    connect,
    connectMortal(deathAt) {
      const dead = Promise.withResolvers<never>();
      dead.promise.catch(() => undefined);
      const died = Promise.withResolvers<"died">();
      let moments = 0;
      const live = async (): Promise<void> => {
        if (++moments < deathAt) return;
        died.resolve("died");
        await dead.promise;
      };
      const mortal = connect(live, async (commit) => {
        await live();
        await commit();
        await live();
      });
      return {
        kafka: mortal,
        died: died.promise,
        bury: () => dead.reject(new KafkaError({ code: "KAFKA_DISCONNECTED", message: "dead" })),
      };
    },
    async expire(group) {
      const claiming = kafka.transactionalProducer({ transactionalId: `${audit.name}/${group}` });
      await claiming.begin();
      await claiming.close();
    },
    async read(topic) {
      const records: KafkaRecord[] = [];
      for await (const record of readTopics(kafka, [topic])) records.push(record);
      return records;
    },
    async fail(values, { group = "billing", error = new Error("no") } = {}) {
      const writer = createDeadLetterWriter({ producer, group, consumerId: "billing-1", naming: options.naming });
      for (const value of values) {
        const record = {
          topic: "orders",
          partition: 1,
          offset: next++,
          timestamp: 5,
          key: Buffer.from("k"),
          value: Buffer.from(value),
          headers: [],
        };
        await writer.write({ record, error, disposition: "attempts-exhausted", attempts: 5 });
      }
    },
    sendRaw: async (message) => void (await producer.sendRaw(message)),
  };
}
