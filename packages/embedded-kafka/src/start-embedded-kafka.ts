import { InvalidOptionsError, silentLogger, systemClock } from "@millrace/core";
import { type BrokerEngine, createBrokerEngine } from "./engine/broker-engine.ts";
import type { BrokerEngineOptions } from "./engine/broker-engine-options.ts";
import type { BrokerFaults, Intercept } from "./faults/broker-faults.ts";
import type { BrokerGroup, BrokerOffset, BrokerRecord, BrokerTransaction } from "./inspect/broker-snapshot.ts";
import { ListenError } from "./listen-error.ts";
import { type Listener, listen } from "./shell/listener.ts";

/** How an embedded Kafka starts. */
export interface EmbeddedKafkaOptions extends Omit<BrokerEngineOptions, "nodes"> {
  /** Port to listen on; 0 takes a free one. @default 0 */
  readonly port?: number | undefined;
  /** Address to listen on: a loopback address, since there is no security. `localhost` is 127.0.0.1 and ::1. @default "127.0.0.1" */
  readonly host?: string | undefined;
  /** Largest request. Kafka: `socket.request.max.bytes`. @default 104_857_600 */
  readonly maxRequestBytes?: number | undefined;
  /** A connection that says nothing for so long is closed. Kafka: `connections.max.idle.ms`. @default 600_000 */
  readonly connectionIdleMs?: number | undefined;
}

/** A Kafka broker in this process. */
export interface EmbeddedKafka {
  /** For a client's `brokers` option. */
  readonly brokers: string[];
  readonly host: string;
  readonly port: number;
  /** The broker without its socket. */
  readonly engine: BrokerEngine;
  /** The records of a topic that can still be read, of one partition or of all. @throws ProtocolError `COMPRESSION` when `decompress` cannot unpack them */
  records(topic: string, options?: { readonly partition?: number }): BrokerRecord[];
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
   * offsets, producers, transactions, faults and interceptors are gone. Address and cluster id stay.
   */
  reset(): Promise<void>;
  /** Drops every connection and everything the broker holds. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const loopback = /^(localhost|::1|127(\.\d{1,3}){3})$/;
const nodeId = 1;

/**
 * Starts a Kafka broker in this process, ready for any client when the promise resolves. It keeps everything in memory and listens on
 * loopback only: for development, tests, demos and single-process use.
 *
 * The listening socket keeps the process alive until `close()`.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) naming every problem at once; ListenError (`LISTEN_FAILED`) when the port cannot be had
 */
export async function startEmbeddedKafka(options: EmbeddedKafkaOptions = {}): Promise<EmbeddedKafka> {
  const { port = 0, host = "127.0.0.1", maxRequestBytes = 104_857_600, connectionIdleMs = 600_000, ...engineOptions } = options;
  const { clock = systemClock, logger = silentLogger } = options;
  const problems: string[] = [];
  if (!loopback.test(host)) problems.push(`host must be a loopback address such as 127.0.0.1, since there is no security, not "${host}"`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) problems.push(`port must be a whole number from 0 to 65535, not ${port}`);
  if (!Number.isInteger(maxRequestBytes) || maxRequestBytes < 1)
    problems.push(`maxRequestBytes must be at least 1, not ${maxRequestBytes}`);
  if (!Number.isInteger(connectionIdleMs) || connectionIdleMs < 1)
    problems.push(`connectionIdleMs must be at least 1, not ${connectionIdleMs}`);
  if (problems.length > 0) throw new InvalidOptionsError("embedded Kafka", problems);

  const engine = createBrokerEngine({ ...engineOptions, nodes: [{ id: nodeId, host, port }] });
  let listener: Listener;
  try {
    listener = await listen({ engine, nodeId, host, port, clock, logger, maxRequestBytes, idleMs: connectionIdleMs });
  } catch (cause) {
    engine.close();
    throw new ListenError(host, port, { cause });
  }
  engine.nodeMoved(nodeId, { host, port: listener.port });

  const close = async (): Promise<void> => {
    engine.close();
    await listener.close();
  };
  return {
    brokers: [`${host.includes(":") ? `[${host}]` : host}:${listener.port}`],
    host,
    port: listener.port,
    engine,
    records: (topic, recordOptions) => engine.records(topic, recordOptions),
    groups: () => engine.groups(),
    offsets: (groupId) => engine.offsets(groupId),
    transactions: () => engine.transactions(),
    faults: engine.faults,
    intercept: engine.intercept,
    async reset() {
      const disconnected = listener.disconnectAll();
      engine.reset();
      await disconnected;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
