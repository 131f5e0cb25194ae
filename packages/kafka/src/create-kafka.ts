import { ClosedError, InvalidOptionsError, noInstrumentation, silentLogger, systemClock } from "@millrace/core";
import type { AnyTopic, Topic } from "@millrace/topics";
import type { Admin } from "./admin/admin.ts";
import { createAdmin } from "./admin/create-admin.ts";
import type { ClientEvent } from "./client-event.ts";
import { BufferedPullConsumer } from "./consumer/buffered-pull-consumer.ts";
import type { Consumer } from "./consumer/consumer.ts";
import type { ConsumerOptions } from "./consumer/consumer-options.ts";
import { GroupConsumer } from "./consumer/group-consumer.ts";
import { resolveConsumerOptions } from "./consumer/resolve-consumer-options.ts";
import { countEvent } from "./count-event.ts";
import type { DriverAdmin } from "./driver/driver-admin.ts";
import type { DriverProducer } from "./driver/driver-producer.ts";
import { createEventHub } from "./event-hub.ts";
import type { Kafka, KafkaOptions, TopicCodec } from "./kafka.ts";
import { BatchingProducer } from "./producer/batching-producer.ts";
import type { Producer } from "./producer/producer.ts";
import type { ProducerOptions } from "./producer/producer-options.ts";
import { resolveProducerOptions } from "./producer/resolve-producer-options.ts";
import { requireCapability } from "./require-capability.ts";
import { createSharedResource, type SharedResource } from "./shared-resource.ts";
import { resolveTransactionalProducerOptions } from "./transactions/resolve-transactional-producer-options.ts";
import { StatefulTransactionalProducer } from "./transactions/stateful-transactional-producer.ts";

/**
 * Makes a connection. Does no I/O: what it makes connects on first use, and all of it is closed with it.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`)
 */
export function createKafka(options: KafkaOptions): Kafka {
  const { driver, clientId = "millrace", schemas, logger = silentLogger, instrumentation = noInstrumentation } = options;
  const { clock = systemClock, random = Math.random } = options;
  if (typeof driver?.connect !== "function") {
    throw new InvalidOptionsError("createKafka", ["driver must be a driver, such as kafkajs({ brokers }) of @millrace/driver-kafkajs"]);
  }
  if (typeof clientId !== "string" || clientId === "")
    throw new InvalidOptionsError("createKafka", ["clientId must be a name that is not empty"]);

  const events = createEventHub();
  const publish = (event: ClientEvent): void => {
    countEvent(instrumentation, event);
    events.publish(event);
  };
  const connection = driver.connect({ clientId, logger, clock, random, onEvent: publish });
  const codecs = new WeakMap<AnyTopic, TopicCodec<unknown, unknown>>();
  const driverProducers = new Map<string, SharedResource<DriverProducer>>();
  const driverAdmin = createSharedResource<DriverAdmin>(() => connection.createAdmin());
  const producers = new Set<Pick<Producer, "close">>();
  const consumers = new Set<Consumer>();
  const admins = new Set<Admin>();
  let closing: Promise<void> | undefined;

  const assertOpen = (): void => {
    if (closing !== undefined) throw new ClosedError("the Kafka connection");
  };

  const codec = <Key, Value>(topic: Topic<Key, Value>): TopicCodec<Key, Value> => {
    let bound = codecs.get(topic) as TopicCodec<Key, Value> | undefined;
    if (bound === undefined) {
      bound = Object.freeze({
        key: topic.key.bind({ topic: topic.name, part: "key", source: schemas }),
        value: topic.value.bind({ topic: topic.name, part: "value", source: schemas }),
      });
      codecs.set(topic, bound);
    }
    return bound;
  };

  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    const attempt = async (parts: Iterable<{ close(): Promise<void> }>): Promise<void> => {
      for (const result of await Promise.allSettled([...parts].map((part) => part.close()))) {
        if (result.status === "rejected") failures.push(result.reason);
      }
    };
    // Consumers first: their last handlers may still send.
    await attempt(consumers);
    await attempt(producers);
    // An admin client that still connects gives up when the connection goes.
    await attempt([...admins, connection]);
    events.close();
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} part(s) of the Kafka connection did not close cleanly`);
  };

  const kafka: Kafka = {
    clientId,
    instrumentation,
    driver: { name: driver.name, capabilities: driver.capabilities },
    codec,
    producer(producerOptions: ProducerOptions = {}) {
      assertOpen();
      const resolved = resolveProducerOptions(producerOptions, driver.capabilities);
      requireCapability(driver, "produce");
      if (resolved.driver.idempotent) requireCapability(driver, "idempotent-producer");
      if (resolved.driver.compression !== "none") requireCapability(driver, `compression-${resolved.driver.compression}`);
      const profile = JSON.stringify(resolved.driver);
      let shared = driverProducers.get(profile);
      if (shared === undefined) {
        shared = createSharedResource(() => connection.createProducer(resolved.driver));
        driverProducers.set(profile, shared);
      }
      const producer = new BatchingProducer({
        options: resolved,
        driver: shared,
        codec,
        clientId,
        clock,
        random,
        logger,
        instrumentation,
        onClosed: (closed) => producers.delete(closed),
      });
      producers.add(producer);
      return producer;
    },
    transactionalProducer(producerOptions) {
      assertOpen();
      const resolved = resolveTransactionalProducerOptions(producerOptions, driver.capabilities);
      requireCapability(driver, "transactions");
      const { compression } = resolved.driver;
      if (compression !== "none") requireCapability(driver, `compression-${compression}`);
      const producer = new StatefulTransactionalProducer({
        options: resolved,
        connection,
        codec,
        clientId,
        clock,
        random,
        logger,
        instrumentation,
        publish,
        onClosed: (closed) => producers.delete(closed),
      });
      producers.add(producer);
      return producer;
    },
    consumer(consumerOptions: ConsumerOptions = {}) {
      assertOpen();
      const resolved = resolveConsumerOptions(consumerOptions);
      requireCapability(driver, "consumer-groups");
      if (resolved.reset === "none") requireCapability(driver, "reset-policy-none");
      if (resolved.groupInstanceId !== null) requireCapability(driver, "static-members");
      if (resolved.assignors.includes("cooperative-sticky")) requireCapability(driver, "cooperative-rebalance");
      const consumer = new GroupConsumer({
        options: resolved,
        connection,
        clock,
        random,
        logger,
        instrumentation,
        clientId,
        publish,
        onStopped: (stopped) => consumers.delete(stopped),
      });
      consumers.add(consumer);
      return consumer;
    },
    pullConsumer(consumerOptions = {}) {
      const { autoCommitMs } = resolveConsumerOptions(consumerOptions);
      const consumer = kafka.consumer({ ...consumerOptions, autoCommitMs: 0 });
      return new BufferedPullConsumer({ consumer, clock, logger, autoCommitMs });
    },
    admin(adminOptions = {}) {
      assertOpen();
      const admin = createAdmin({ options: adminOptions, driver: driverAdmin, clock, logger, onClosed: (closed) => admins.delete(closed) });
      admins.add(admin);
      return admin;
    },
    events: () => events.subscribe(),
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => kafka.close(),
  };
  return kafka;
}
