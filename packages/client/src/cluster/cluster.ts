import { type Clock, ClosedError, type Logger, sleep, TimedOutError, withDeadline } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";
import { errorByCode, errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError, clientError } from "../client-error.ts";
import type { BrokerAddress, Transport } from "../transport.ts";
import { Broker } from "./broker.ts";
import type { BrokerWatch } from "./broker-watch.ts";

type TopicMetadata = ResponseTypes["Metadata"]["topics"][number];

/** What a coordinator is for. */
export type CoordinatorKind = "group" | "transaction";

/** What a `Cluster` needs. */
export interface ClusterOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Is told of connections. */
  readonly watch?: BrokerWatch;
  /** The addresses, for messages. */
  readonly brokers: string;
  readonly allowAutoTopicCreation: boolean;
  /** Longest time until a first broker answers, all attempts together. */
  readonly connectTimeoutMs: number;
  /** How long an answer may take. */
  readonly requestTimeoutMs: number;
  /** Called once, when the cluster is closed. */
  readonly onClosed: () => void;
}

/** Topics that nobody asked for in so long are forgotten with the next question. Kafka: `metadata.max.idle.ms`. */
const longestIdleMs = 300_000;
/** More than these are asked for anew from time to time. */
const mostCoordinators = 1_000;
const firstPauseMs = 20;
const longestPauseMs = 500;
/** The least that one of several addresses is given. */
const shortestAttemptMs = 1_000;

/** The brokers of a cluster, what they say about topics, and who leads and coordinates. Leaves retrying to its callers, who know their deadlines. */
export class Cluster {
  readonly brokers: string;
  readonly #options: ClusterOptions;
  readonly #topics = new Map<string, TopicMetadata>();
  /** Topics that are asked about. */
  readonly #wanted = new Set<string>();
  /** Those of them that were of use since it was last looked which were not. */
  readonly #used = new Set<string>();
  #lookedForIdleMs: number;
  readonly #coordinators = new Map<string, number>();
  readonly #nodes = new Map<number, Broker>();
  readonly #seeds = new Set<Broker>();
  readonly #closing = new AbortController();
  #controllerId = -1;
  #connecting: Promise<void> | undefined;
  #refreshing: Promise<void> | undefined;
  #isConnected = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.brokers = options.brokers;
    this.#lookedForIdleMs = options.clock.monotonic();
  }

  /**
   * Resolves when a broker has answered.
   * @throws KafkaError `KAFKA_UNREACHABLE` when none did in time, `KAFKA_AUTHENTICATION_FAILED`; ClosedError
   */
  connect(): Promise<void> {
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** Aborts when the cluster is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
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
          await this.#readMetadata(await this.anyBroker(), []);
          return;
        } catch (error) {
          last = error;
          const mapped = clientError(error, { what: "Connecting to Kafka", brokers: this.brokers });
          if (ClosedError.is(error)) throw error;
          if (!mapped.retryable) throw mapped;
        }
        await sleep(pauseMs, { clock, signal });
      }
    };
    try {
      await withDeadline(connectTimeoutMs, attempts, { clock, signal: this.#closing.signal });
      this.#isConnected = true;
    } catch (error) {
      this.#assertOpen();
      if (!TimedOutError.is(error)) throw error;
      // An attempt that is still under way ends here.
      for (const seed of this.#seeds) this.#forgetSeed(seed);
      throw this.#unreachable(last ?? error);
    }
  }

  #unreachable(cause: unknown): KafkaError {
    const { connectTimeoutMs } = this.#options;
    const why = (cause instanceof Error ? cause.message : String(cause)).replace(/[.\s]+$/, "");
    return new KafkaError({
      code: "KAFKA_UNREACHABLE",
      retryable: true,
      message: `No Kafka broker of ${this.brokers} could be reached within ${connectTimeoutMs} ms (${why}). Check the addresses, that Kafka runs, and whether it wants TLS or SASL.`,
      cause,
    });
  }

  /** What the last answer said about a topic; `undefined` when it was never asked for, or not in a long time. */
  topic(name: string): TopicMetadata | undefined {
    this.#used.add(name);
    return this.#topics.get(name);
  }

  /** Asks a broker about all topics that are of use and these. One question at a time; those who come meanwhile share the next. */
  async refresh(topics: readonly string[] = []): Promise<void> {
    for (const name of topics) {
      this.#wanted.add(name);
      this.#used.add(name);
    }
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
    this.#forgetIdle();
    await this.#readMetadata(await this.anyBroker(), [...this.#wanted]);
  }

  /** A client that lives long meets many topics, and each question would name them all. */
  #forgetIdle(): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#lookedForIdleMs < longestIdleMs) return;
    this.#lookedForIdleMs = now;
    for (const name of this.#wanted) if (!this.#used.has(name)) this.forget(name);
    this.#used.clear();
    if (this.#coordinators.size > mostCoordinators) this.#coordinators.clear();
  }

  /** Names of all topics but Kafka's own, as a broker says now. */
  async topicNames(): Promise<readonly string[]> {
    const { body } = await (await this.anyBroker()).send("Metadata", () => ({ topics: null, allowAutoTopicCreation: false }));
    return body.topics.flatMap(({ name, isInternal, errorCode }) =>
      name === null || isInternal || errorCode !== errorCodes.NONE ? [] : [name],
    );
  }

  /** No longer asks about a topic. */
  forget(topic: string): void {
    this.#wanted.delete(topic);
    this.#topics.delete(topic);
  }

  /** The node that leads a partition, or `undefined` when the last answer named none. */
  leader(topic: string, partition: number): number | undefined {
    const found = this.topic(topic)?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
    return found === undefined || found.leaderId < 0 ? undefined : found.leaderId;
  }

  /** A broker whose first connection is open: what fails before has not been sent. @throws KafkaError `KAFKA_UNREACHABLE`, `KAFKA_AUTHENTICATION_FAILED`; ClosedError */
  async broker(nodeId: number): Promise<Broker> {
    this.#assertOpen();
    const broker = this.#nodes.get(nodeId);
    if (broker === undefined) {
      const message = `Broker ${nodeId} is not among those that the cluster names; it may come back.`;
      throw new KafkaError({ code: "KAFKA_UNREACHABLE", retryable: true, message });
    }
    await broker.connect();
    return broker;
  }

  /** Any connected broker: one that is, or the first that can be reached, known ones before the addresses to start with. */
  async anyBroker(): Promise<Broker> {
    this.#assertOpen();
    const { clock, connectTimeoutMs } = this.#options;
    const nodes = [...this.#nodes.values()];
    for (const broker of nodes) if (broker.isConnected) return broker;
    const withinMs = shareOf(connectTimeoutMs, nodes.length + 1);
    for (const broker of nodes) {
      try {
        // One that keeps silent goes on meanwhile, and is there for the next who asks.
        await withDeadline(withinMs, () => broker.connect(), { clock });
        return broker;
      } catch (error) {
        this.#options.logger.debug("broker cannot be reached", { ...broker.address, error: messageOf(error) });
      }
      this.#assertOpen();
    }
    return await this.#startAgain();
  }

  async #startAgain(): Promise<Broker> {
    const { transport, connectTimeoutMs } = this.#options;
    const addresses = await transport.bootstrap();
    const openTimeoutMs = shareOf(connectTimeoutMs, addresses.length);
    let last: unknown = new KafkaError({ code: "KAFKA_UNREACHABLE", retryable: true, message: "There is no address to start with." });
    for (const address of addresses) {
      this.#assertOpen();
      const seed = this.#makeBroker(address, openTimeoutMs);
      this.#seeds.add(seed);
      try {
        await seed.connect();
        return seed;
      } catch (error) {
        this.#forgetSeed(seed);
        this.#options.logger.debug("broker cannot be reached", { ...address, error: messageOf(error) });
        if (!clientError(error, { what: "Connecting" }).retryable) throw error;
        last = error;
      }
    }
    throw last;
  }

  #makeBroker(address: BrokerAddress, openTimeoutMs: number): Broker {
    const { transport, clock, watch, requestTimeoutMs } = this.#options;
    return new Broker({ transport, clock, watch, address, openTimeoutMs, requestTimeoutMs });
  }

  #forgetSeed(seed: Broker): void {
    if (this.#seeds.delete(seed)) seed.close();
  }

  /**
   * The broker that coordinates a group, or a transactional id where `of` says so.
   * @throws KafkaError with the broker's answer, or as `broker` does
   */
  async coordinator(id: string, of: CoordinatorKind = "group"): Promise<Broker> {
    let nodeId = this.#coordinators.get(coordinatorKey(id, of));
    if (nodeId === undefined) {
      const asked = await this.anyBroker();
      const keyType = of === "group" ? 0 : 1;
      const { version, body } = await asked.send("FindCoordinator", (chosen) =>
        chosen >= 4 ? { keyType, coordinatorKeys: [id] } : { key: id, keyType },
      );
      const found = version >= 4 ? body.coordinators[0] : body;
      const errorCode = found?.errorCode ?? errorCodes.COORDINATOR_NOT_AVAILABLE;
      if (found === undefined || errorCode !== errorCodes.NONE) {
        throw brokerError(errorCode, { what: `Finding the coordinator of ${of} "${id}"` }, found?.errorMessage);
      }
      nodeId = found.nodeId;
      this.#learnNodes([found], asked);
      this.#coordinators.set(coordinatorKey(id, of), nodeId);
    }
    try {
      return await this.broker(nodeId);
    } catch (error) {
      this.forgetCoordinator(id, of);
      throw error;
    }
  }

  forgetCoordinator(id: string, of: CoordinatorKind = "group"): void {
    this.#coordinators.delete(coordinatorKey(id, of));
  }

  forgetCoordinators(): void {
    this.#coordinators.clear();
  }

  /** The broker that changes topics. With KRaft any broker passes them on, and says that it is the controller. */
  async controller(): Promise<Broker> {
    return this.#nodes.has(this.#controllerId) ? await this.broker(this.#controllerId) : await this.anyBroker();
  }

  /** The brokers of the last answer. */
  nodeIds(): readonly number[] {
    return [...this.#nodes.keys()];
  }

  async #readMetadata(broker: Broker, topics: readonly string[]): Promise<void> {
    const { allowAutoTopicCreation, logger } = this.#options;
    const { body } = await broker.send("Metadata", () => ({ topics: topics.map((name) => ({ name })), allowAutoTopicCreation }));
    for (const topic of body.topics) {
      if (topic.name === null) continue;
      if (topic.errorCode !== errorCodes.NONE) {
        logger.debug("topic has no metadata", { topic: topic.name, error: errorByCode(topic.errorCode).name });
      }
      this.#topics.set(topic.name, topic);
    }
    this.#controllerId = body.controllerId;
    this.#learnNodes(body.brokers, broker);
    const named = new Set(body.brokers.map(({ nodeId }) => nodeId));
    for (const [nodeId, known] of this.#nodes) {
      // One that is gone may be unknown to a broker that starts, and still be there.
      if (!named.has(nodeId) && !known.isConnected) this.#nodes.delete(nodeId);
    }
    if (body.brokers.length > 0) this.#forgetSeed(broker);
  }

  #learnNodes(nodes: readonly (BrokerAddress & { readonly nodeId: number })[], asked: Broker): void {
    for (const { nodeId, host, port } of nodes) {
      const known = this.#nodes.get(nodeId);
      if (known?.address.host === host && known.address.port === port) continue;
      known?.close();
      const isAsked = asked.address.host === host && asked.address.port === port && this.#seeds.delete(asked);
      this.#nodes.set(nodeId, isAsked ? asked : this.#makeBroker({ host, port }, this.#options.connectTimeoutMs));
    }
  }

  /** Closes every connection at once; what still waits for an answer is rejected. Idempotent. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    for (const broker of [...this.#nodes.values(), ...this.#seeds]) broker.close();
    this.#options.onClosed();
  }
}

/** The time that one of several attempts gets. */
function shareOf(timeoutMs: number, attempts: number): number {
  return Math.min(timeoutMs, Math.max(shortestAttemptMs, Math.floor(timeoutMs / attempts)));
}

function coordinatorKey(id: string, of: CoordinatorKind): string {
  return `${of} ${id}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
