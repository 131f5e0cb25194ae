import type { Clock, Instrumentation, Logger, Random } from "@millrace/core";
import type { SchemaSource, Serde } from "@millrace/serdes";
import type { Topic } from "@millrace/topics";
import type { Admin, AdminOptions } from "./admin/admin.ts";
import type { ClientEvent } from "./client-event.ts";
import type { Consumer } from "./consumer/consumer.ts";
import type { ConsumerOptions } from "./consumer/consumer-options.ts";
import type { PullConsumer } from "./consumer/pull-consumer.ts";
import type { KafkaDriver } from "./driver/driver.ts";
import type { Producer } from "./producer/producer.ts";
import type { ProducerOptions } from "./producer/producer-options.ts";
import type { TransactionalProducer } from "./transactions/transactional-producer.ts";
import type { TransactionalProducerOptions } from "./transactions/transactional-producer-options.ts";

/** How to make a `Kafka`. */
export interface KafkaOptions {
  readonly driver: KafkaDriver;
  /** Kafka: `client.id`. @default "millrace" */
  readonly clientId?: string;
  /** Where schemas come from, for topics whose serdes need one. */
  readonly schemas?: SchemaSource;
  /** @default silentLogger */
  readonly logger?: Logger;
  /** @default noInstrumentation */
  readonly instrumentation?: Instrumentation;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** A topic's serdes, bound to this connection's schemas. */
export interface TopicCodec<Key, Value> {
  readonly key: Serde<Key>;
  readonly value: Serde<Value>;
}

/** A connection to a cluster, real or embedded. Everything it makes is closed with it. */
export interface Kafka {
  readonly clientId: string;
  readonly driver: Pick<KafkaDriver, "name" | "capabilities">;
  /** Who observes this connection; what works with it lets itself be observed by the same. */
  readonly instrumentation: Instrumentation;
  producer(options?: ProducerOptions): Producer;
  /** A producer of transactions. Begins to claim its transactional id at once. */
  transactionalProducer(options: TransactionalProducerOptions): TransactionalProducer;
  consumer(options?: ConsumerOptions): Consumer;
  /** A consumer that is asked for records instead of handing them over. */
  pullConsumer(options?: Omit<ConsumerOptions, "maxBatchRecords">): PullConsumer;
  /** Asks and changes the cluster. */
  admin(options?: AdminOptions): Admin;
  /** The bound serdes of a topic; the same object every time. */
  codec<Key, Value>(topic: Topic<Key, Value>): TopicCodec<Key, Value>;
  /** What happens to this connection, from now on. */
  events(): AsyncIterableIterator<ClientEvent>;
  /** Closes consumers, then producers, then admin clients and the driver. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
