import { type Clock, ClosedError, type Logger, sleep } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";
import { errorByCode, errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError, clientError, innermost } from "../client-error.ts";
import { dropConnection, sendRequest } from "../wire/request.ts";
import type { KafkaJsBroker, KafkaJsCluster, KafkaJsConnection, KafkaJsMetadata } from "./kafkajs-internals.ts";

type TopicMetadata = ResponseTypes["Metadata"]["topics"][number];

/** What a `DriverCluster` needs. */
export interface DriverClusterOptions {
  readonly cluster: KafkaJsCluster;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once, when the cluster is closed. */
  readonly onClosed: () => void;
  /** The addresses, for messages. */
  readonly brokers: string;
  readonly allowAutoTopicCreation: boolean;
  /** Longest time until a first broker answers, all attempts together. */
  readonly connectTimeoutMs: number;
}

const metadataVersions = { min: 4, max: 8 };
const coordinatorVersions = { min: 1, max: 3 };
const firstPauseMs = 20;
const longestPauseMs = 500;

/**
 * One cluster of kafkajs's with our own view of topics: kafkajs gives up on all topics when one of them is missing, forgets which one it was, and asks for
 * every topic of the cluster when it has none. Finds leaders and coordinators; leaves retrying to its callers, who know their deadlines.
 */
export class DriverCluster {
  readonly brokers: string;
  readonly #options: DriverClusterOptions;
  readonly #cluster: KafkaJsCluster;
  readonly #topics = new Map<string, TopicMetadata>();
  readonly #coordinators = new Map<string, number>();
  #connecting: Promise<void> | undefined;
  #refreshing: Promise<void> | undefined;
  #isConnected = false;
  #closed = false;

  constructor(options: DriverClusterOptions) {
    this.#options = options;
    this.#cluster = options.cluster;
    this.brokers = options.brokers;
    const { brokerPool, connectionPoolBuilder } = this.#cluster;
    const { createBroker } = brokerPool;
    brokerPool.createBroker = (brokerOptions) => {
      const broker = createBroker(brokerOptions);
      broker.metadata = async (topics) => await this.#readMetadata(broker, topics);
      return broker;
    };
    const { build } = connectionPoolBuilder;
    connectionPoolBuilder.build = async (destination) => {
      const connections = await build(destination);
      for (const connection of connections.pool) mendConnection(connection);
      return connections;
    };
  }

  /**
   * Resolves when a broker of the list has answered.
   * @throws KafkaError `KAFKA_UNREACHABLE` when none did in time, `KAFKA_AUTHENTICATION_FAILED`
   */
  connect(): Promise<void> {
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  #assertOpen(): void {
    if (this.#closed) throw new ClosedError("the connection");
  }

  async #connect(): Promise<void> {
    this.#assertOpen();
    if (this.#isConnected) return;
    const { clock, connectTimeoutMs } = this.#options;
    const deadline = clock.monotonic() + connectTimeoutMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        await this.#cluster.connect();
        await this.#cluster.refreshMetadata();
        this.#isConnected = true;
        return;
      } catch (error) {
        const mapped = clientError(error, { what: "Connecting to Kafka", brokers: this.brokers });
        if (!mapped.retryable || this.#closed) throw mapped;
        if (clock.monotonic() + pauseMs >= deadline) {
          throw new KafkaError({
            code: "KAFKA_UNREACHABLE",
            retryable: true,
            message: `No Kafka broker of ${this.brokers} could be reached within ${connectTimeoutMs} ms (${causeOf(error)}). Check the addresses, that Kafka runs, and whether it wants TLS or SASL.`,
            cause: error,
          });
        }
      }
      await sleep(pauseMs, { clock });
    }
  }

  /** What the last answer said about a topic; `undefined` when it was never asked for. */
  topic(name: string): TopicMetadata | undefined {
    return this.#topics.get(name);
  }

  /** Asks a broker about all topics that were ever asked for and these. One question at a time; those who come meanwhile share the next. */
  async refresh(topics: readonly string[] = []): Promise<void> {
    const unknown = topics.filter((name) => !this.#cluster.targetTopics.has(name));
    if (this.#refreshing !== undefined) {
      if (unknown.length === 0) return await this.#refreshing;
      // Named before the wait, so that whoever starts the next question asks for them too.
      for (const name of unknown) this.#cluster.targetTopics.add(name);
      await this.#refreshing.catch(() => {});
    }
    for (const name of unknown) this.#cluster.targetTopics.add(name);
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #refresh(): Promise<void> {
    this.#assertOpen();
    await this.#connecting;
    await this.#cluster.refreshMetadata();
  }

  /** No longer asks about a topic. */
  forget(topic: string): void {
    this.#cluster.targetTopics.delete(topic);
    this.#topics.delete(topic);
  }

  /** The node that leads a partition, or `undefined` when the last answer named none. */
  leader(topic: string, partition: number): number | undefined {
    const found = this.#topics.get(topic)?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
    return found === undefined || found.leaderId < 0 ? undefined : found.leaderId;
  }

  /** A connected broker. */
  async broker(nodeId: number): Promise<KafkaJsBroker> {
    this.#assertOpen();
    return await this.#cluster.findBroker({ nodeId });
  }

  /** Any connected broker. */
  async anyBroker(): Promise<KafkaJsBroker> {
    this.#assertOpen();
    return await this.#cluster.brokerPool.findConnectedBroker();
  }

  /** The broker that coordinates a group. @throws KafkaError with the broker's answer, kafkajs's errors */
  async coordinator(group: string): Promise<KafkaJsBroker> {
    let nodeId = this.#coordinators.get(group);
    if (nodeId === undefined) {
      const { body } = await sendRequest(await this.anyBroker(), "FindCoordinator", coordinatorVersions, () => ({
        key: group,
        keyType: 0,
      }));
      if (body.errorCode !== errorCodes.NONE) throw brokerError(body.errorCode, { what: `Finding the coordinator of group "${group}"` });
      nodeId = body.nodeId;
      this.#coordinators.set(group, nodeId);
    }
    try {
      return await this.broker(nodeId);
    } catch (error) {
      this.forgetCoordinator(group);
      throw error;
    }
  }

  forgetCoordinator(group: string): void {
    this.#coordinators.delete(group);
  }

  forgetCoordinators(): void {
    this.#coordinators.clear();
  }

  /** The broker that changes topics. With KRaft any broker passes them on, and says that it is the controller. */
  async controller(): Promise<KafkaJsBroker> {
    const controllerId = this.#cluster.brokerPool.metadata?.controllerId ?? -1;
    return controllerId < 0 ? await this.anyBroker() : await this.broker(controllerId);
  }

  /** The brokers of the last answer. */
  nodeIds(): readonly number[] {
    return this.#cluster.brokerPool.metadata?.brokers.map(({ nodeId }) => nodeId) ?? [];
  }

  async #readMetadata(broker: KafkaJsBroker, topics: readonly string[]): Promise<KafkaJsMetadata> {
    const { allowAutoTopicCreation } = this.#options;
    const { body } = await sendRequest(broker, "Metadata", metadataVersions, () => ({
      topics: topics.map((name) => ({ name })),
      allowAutoTopicCreation,
    }));
    for (const topic of body.topics) {
      if (topic.name === null) continue;
      if (topic.errorCode !== errorCodes.NONE) {
        this.#options.logger.debug("topic has no metadata", { topic: topic.name, error: errorByCode(topic.errorCode).name });
      }
      this.#topics.set(topic.name, topic);
    }
    return {
      brokers: body.brokers,
      clusterId: body.clusterId,
      controllerId: body.controllerId,
      topicMetadata: topics.map((topic) => ({ topic, partitionMetadata: [] })),
    };
  }

  /** Closes every connection at once; what still waits for an answer is rejected. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#connecting?.catch(() => {});
    const { brokers, seedBroker } = this.#cluster.brokerPool;
    const closed = new KafkaError({ code: "KAFKA_DISCONNECTED", message: "The connection was closed." });
    const known = new Set([...Object.values(brokers), ...(seedBroker === undefined ? [] : [seedBroker])]);
    const connections = [...known].flatMap(({ connectionPool }) => connectionPool.pool);
    await Promise.all(connections.map(async (connection) => await dropConnection(connection, closed)));
    await this.#cluster.disconnect();
    this.#options.onClosed();
  }
}

function causeOf(error: unknown): string {
  const { message } = innermost(error);
  return message.replace(/[.\s]+$/, "");
}

// kafkajs opens a second socket when two requests find a connection closed at the same time, and loses the first. And every time it gives a connection
// up it puts another listener on the socket that is gone already.
function mendConnection(connection: KafkaJsConnection): void {
  const { connect, disconnect } = connection;
  let connecting: Promise<unknown> | undefined;
  connection.connect = () => {
    connecting ??= connect.call(connection).finally(() => {
      connecting = undefined;
    });
    return connecting;
  };
  connection.disconnect = async () => {
    const { socket } = connection;
    await disconnect.call(connection);
    if (connection.socket === socket) connection.socket = undefined;
  };
}
