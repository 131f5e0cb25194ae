import { type Clock, ClosedError, type Logger, sleep, TimedOutError, withDeadline } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";
import { errorByCode, errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError, clientError, innermost } from "../client-error.ts";
import { dropConnection, sendRequest } from "../wire/request.ts";
import type { KafkaJsBroker, KafkaJsCluster, KafkaJsMetadata } from "./kafkajs-internals.ts";
import { mendConnection } from "./mend-connection.ts";

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
  readonly #closing = new AbortController();
  #connecting: Promise<void> | undefined;
  #refreshing: Promise<void> | undefined;
  #isConnected = false;
  #attempt: Promise<void> | undefined;

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
    if (this.#closing.signal.aborted) throw new ClosedError("the connection");
  }

  async #connect(): Promise<void> {
    this.#assertOpen();
    if (this.#isConnected) return;
    const { clock, connectTimeoutMs } = this.#options;
    let last: unknown;
    const attempts = async (signal: AbortSignal): Promise<void> => {
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
        try {
          this.#attempt = this.#reach();
          await this.#attempt;
          return;
        } catch (error) {
          last = error;
          const mapped = clientError(error, { what: "Connecting to Kafka", brokers: this.brokers });
          if (!mapped.retryable) throw mapped;
        }
        await sleep(pauseMs, { clock, signal });
      }
    };
    try {
      // A race: some steps of kafkajs's, such as SASL, have no time limit of their own.
      await withDeadline(connectTimeoutMs, attempts, { clock, signal: this.#closing.signal });
      this.#isConnected = true;
    } catch (error) {
      this.#assertOpen();
      throw TimedOutError.is(error) ? this.#unreachable(last ?? error) : error;
    }
  }

  async #reach(): Promise<void> {
    await this.#cluster.connect();
    await this.#cluster.refreshMetadata();
  }

  #unreachable(cause: unknown): KafkaError {
    const { connectTimeoutMs } = this.#options;
    const why = innermost(cause).message.replace(/[.\s]+$/, "");
    return new KafkaError({
      code: "KAFKA_UNREACHABLE",
      retryable: true,
      message: `No Kafka broker of ${this.brokers} could be reached within ${connectTimeoutMs} ms (${why}). Check the addresses, that Kafka runs, and whether it wants TLS or SASL.`,
      cause,
    });
  }

  /** What the last answer said about a topic; `undefined` when it was never asked for. */
  topic(name: string): TopicMetadata | undefined {
    return this.#topics.get(name);
  }

  /** Asks a broker about all topics that were ever asked for and these. One question at a time; those who come meanwhile share the next. */
  async refresh(topics: readonly string[] = []): Promise<void> {
    for (const name of topics) this.#cluster.targetTopics.add(name);
    const underWay = this.#refreshing;
    if (underWay !== undefined) {
      // It may have been asked before these topics were named.
      const isAnswered = (): boolean => topics.every((name) => this.#topics.has(name));
      if (isAnswered()) return await underWay;
      await underWay.catch(() => {});
      if (topics.length > 0 && isAnswered()) return;
    }
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
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#drop();
    // What an attempt that nobody waits for any more may still open.
    if (!this.#isConnected) void this.#attempt?.then(async () => await this.#drop()).catch(() => {});
    this.#options.onClosed();
  }

  async #drop(): Promise<void> {
    const { brokers, seedBroker } = this.#cluster.brokerPool;
    const closed = new KafkaError({ code: "KAFKA_DISCONNECTED", message: "The connection was closed." });
    const known = new Set([...Object.values(brokers), ...(seedBroker === undefined ? [] : [seedBroker])]);
    const connections = [...known].flatMap(({ connectionPool }) => connectionPool.pool);
    await Promise.all(connections.map(async (connection) => await dropConnection(connection, closed)));
    await this.#cluster.disconnect();
  }
}
