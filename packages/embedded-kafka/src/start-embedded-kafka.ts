import { InvalidOptionsError, silentLogger, systemClock } from "@millrace/core";
import { type EmbeddedKafkaOptions, resolveEmbeddedKafkaOptions } from "./embedded-kafka-options.ts";
import { type BrokerEngine, createBrokerEngine } from "./engine/broker-engine.ts";
import type { BrokerEngineOptions } from "./engine/broker-engine-options.ts";
import type { BrokerNodeState } from "./engine/node-directory.ts";
import type { BrokerFaults, Intercept } from "./faults/broker-faults.ts";
import type { BrokerGroup, BrokerOffset, BrokerRecord, BrokerTransaction, RecordSelection } from "./inspect/broker-snapshot.ts";
import { type BrokerListeners, openListeners } from "./shell/broker-listeners.ts";

/** A Kafka broker in this process, or a cluster of several. */
export interface EmbeddedKafka {
  /** For a client's `brokers` option: the addresses of all brokers, of stopped ones too. */
  readonly brokers: string[];
  readonly host: string;
  /** Port of the first broker. */
  readonly port: number;
  /** The brokers as they are now: where they are, which of them run, and which one is the controller. */
  nodes(): readonly BrokerNodeState[];
  /**
   * Makes a broker the leader of a partition: a new leader epoch begins, and what waits at the former leader hears of it. A broker that is not a replica
   * takes the former leader's place. @throws InvalidOptionsError (`INVALID_OPTIONS`) when there is no such partition, or no such broker is running
   */
  moveLeader(topic: string, partition: number, nodeId: number): void;
  /**
   * Stops a broker: it listens no more and its connections are cut. What it led, coordinated and controlled goes to others that run, in-sync replicas
   * shrink, and partitions that no other broker holds have no leader. Resolves when its connections are gone. Idempotent. Stops, starts and resets
   * that nobody waited for happen one after another, in the order of the calls.
   * @throws InvalidOptionsError (`INVALID_OPTIONS`) when there is no such broker, or no other one is running
   */
  stopNode(nodeId: number): Promise<void>;
  /**
   * Starts a stopped broker at its port: in-sync replicas grow, and it leads again what had no leader without it. Idempotent.
   * @throws InvalidOptionsError (`INVALID_OPTIONS`) when there is no such broker; ListenError (`LISTEN_FAILED`) when its port is taken
   */
  startNode(nodeId: number): Promise<void>;
  /** The broker without its socket. */
  readonly engine: BrokerEngine;
  /**
   * The records of a topic that a consumer could read, also compressed ones, without the markers of transactions.
   * @throws ProtocolError `COMPRESSION` when `decompress` cannot unpack them
   */
  records(topic: string, selection?: RecordSelection): BrokerRecord[];
  groups(): BrokerGroup[];
  /** The committed offsets of a group; none for a group that does not exist. */
  offsets(groupId: string): BrokerOffset[];
  /** Every transactional id that is known, with its transaction. */
  transactions(): BrokerTransaction[];
  /** Faults on demand. Times are of the broker's clock, choices from its random numbers. */
  readonly faults: BrokerFaults;
  /** Puts an interceptor before an API, or several, or all. `faults.clear()` takes it out again, too. */
  readonly intercept: Intercept;
  /**
   * Makes the broker what it was at its start, without restarting it: connections are cut, and topics (but those of its options), records, groups,
   * offsets, producers, transactions, faults and interceptors are gone. Stopped brokers run again. Addresses and cluster id stay.
   * @throws ListenError (`LISTEN_FAILED`) when the port of a stopped broker is taken
   */
  reset(): Promise<void>;
  /** Drops every connection and everything the broker holds. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a Kafka broker in this process, ready for any client when the promise resolves. It keeps everything in memory and listens on
 * loopback only: for development, tests, demos and single-process use.
 *
 * The listening socket keeps the process alive until `close()`.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) naming every problem at once; ListenError (`LISTEN_FAILED`) when the port cannot be had
 */
export async function startEmbeddedKafka(options: EmbeddedKafkaOptions = {}): Promise<EmbeddedKafka> {
  const { host, firstNodeId, ports, maxRequestBytes, connectionIdleMs, engineOptions, problems } = resolveEmbeddedKafkaOptions(options);
  const nodes = ports.map((port, index) => ({ id: firstNodeId + index, host, port }));
  const engine = createEngine({ ...engineOptions, nodes }, problems);
  const { clock = systemClock, logger = silentLogger } = options;
  let listeners: BrokerListeners;
  try {
    listeners = await openListeners({ engine, host, firstNodeId, ports, clock, logger, maxRequestBytes, idleMs: connectionIdleMs });
  } catch (error) {
    engine.close();
    throw error;
  }
  for (const [index, bound] of listeners.ports.entries()) engine.nodeMoved(firstNodeId + index, { host, port: bound });

  const close = async (): Promise<void> => {
    engine.close();
    await listeners.closeAll();
  };
  const written = host.includes(":") ? `[${host}]` : host;
  return {
    brokers: listeners.ports.map((bound) => `${written}:${bound}`),
    host,
    port: listeners.ports[0]!,
    engine,
    nodes: () => engine.nodes,
    moveLeader: (topic, partition, nodeId) => engine.moveLeader(topic, partition, nodeId),
    stopNode: (nodeId) => listeners.close(nodeId, () => engine.stopNode(nodeId)),
    async startNode(nodeId) {
      if (engine.nodes.some(({ id }) => id === nodeId)) await listeners.open(nodeId, () => engine.startNode(nodeId));
      else engine.startNode(nodeId);
    },
    records: (topic, selection) => engine.records(topic, selection),
    groups: () => engine.groups(),
    offsets: (groupId) => engine.offsets(groupId),
    transactions: () => engine.transactions(),
    faults: engine.faults,
    intercept: engine.intercept,
    reset: () => listeners.renew(() => engine.reset()),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Makes the engine where nothing is wrong, neither with its own options nor with others. */
function createEngine(options: BrokerEngineOptions, problems: readonly string[]): BrokerEngine {
  if (problems.length === 0) return createBrokerEngine(options);
  try {
    createBrokerEngine(options).close();
  } catch (error) {
    if (!InvalidOptionsError.is(error)) throw error;
    throw new InvalidOptionsError("embedded Kafka", [...problems, ...error.problems]);
  }
  throw new InvalidOptionsError("embedded Kafka", problems);
}
