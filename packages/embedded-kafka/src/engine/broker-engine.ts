import { type ApiName, errorCodes } from "@millrace/protocol";
import { GroupCoordinator } from "../groups/group-coordinator.ts";
import type { BrokerGroup, BrokerOffset, BrokerRecord, BrokerTransaction } from "../inspect/broker-snapshot.ts";
import { groupsOf, offsetsOf, recordsOf, transactionsOf } from "../inspect/inspect-broker.ts";
import { ProducerIds } from "../producers/producer-ids.ts";
import { TopicRegistry } from "../topics/topic-registry.ts";
import { completeTransaction } from "../transactions/complete-transaction.ts";
import { TransactionCoordinator } from "../transactions/transaction-coordinator.ts";
import type { ApiRegistration, EngineRequest, EngineResponse } from "./api-registration.ts";
import { apiTable } from "./api-table.ts";
import { type BrokerEngineOptions, resolveBrokerEngineOptions } from "./broker-engine-options.ts";
import type { BrokerState } from "./broker-state.ts";
import { type BrokerNode, NodeDirectory } from "./node-directory.ts";
import { ParkedFetches } from "./parked-fetches.ts";
import { randomUuid } from "./random-id.ts";
import { RefusedRequestError } from "./refused-request-error.ts";

/** Which versions of an API are served. */
export interface ServedApi {
  readonly api: ApiName;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/**
 * A Kafka cluster without sockets: decoded requests in, response bodies out. All of its time comes from its clock and all of its ids from
 * its source of random numbers, so the same requests at the same times give the same answers.
 *
 * Requests of one connection must be given one after another, each when the one before has been answered, as Kafka does.
 */
export interface BrokerEngine {
  readonly clusterId: string;
  /** What ApiVersions says. */
  readonly apis: readonly ServedApi[];
  readonly nodes: readonly BrokerNode[];
  /**
   * Answers a request: at once, or by a promise where the request has to wait (a fetch for records, a join for the other members).
   * `undefined` means that there is nothing to send back. The body holds slices of the broker's memory: read it, do not write to it.
   * @throws RefusedRequestError (`REQUEST_REFUSED`), by throwing or by rejecting, where Kafka would close the connection
   */
  handle<Api extends ApiName>(request: EngineRequest<Api>): EngineResponse<Api>;
  /** Forgets what a connection waits for. Members of groups stay until their session ends, as in Kafka. */
  connectionClosed(connectionId: number | string): void;
  /** Says where clients find a broker, as soon as that is known. */
  nodeMoved(nodeId: number, address: { readonly host: string; readonly port: number }): void;
  /** The records of a topic that can still be read, of one partition or of all. @throws ProtocolError `COMPRESSION` when `decompress` cannot unpack them */
  records(topic: string, options?: { readonly partition?: number }): BrokerRecord[];
  groups(): BrokerGroup[];
  /** The committed offsets of a group; none for a group that does not exist. */
  offsets(groupId: string): BrokerOffset[];
  /** Every transactional id that is known, with its transaction. */
  transactions(): BrokerTransaction[];
  /** Answers everything that waits and leaves no timer behind. Requests after it are refused. Idempotent. */
  close(): void;
}

/** Makes a broker engine. @throws InvalidOptionsError (`INVALID_OPTIONS`) naming every problem at once */
export function createBrokerEngine(options: BrokerEngineOptions = {}): BrokerEngine {
  const { clock, random, logger, nodes, topics: seeds, settings } = resolveBrokerEngineOptions(options);
  const defaultConfigs = new Map<string, string>();
  if (options.maxMessageBytes !== undefined) defaultConfigs.set("max.message.bytes", String(settings.maxMessageBytes));
  const producerIds = new ProducerIds();
  const broker: BrokerState = {
    clusterId: randomUuid(random),
    clock,
    random,
    logger,
    settings,
    nodes: new NodeDirectory(nodes),
    topics: new TopicRegistry({
      nodeIds: nodes.map((node) => node.id),
      random,
      producerExpirationMs: settings.producerExpirationMs,
      defaultConfigs,
    }),
    groups: new GroupCoordinator({ clock, random, settings }),
    producerIds,
    transactions: new TransactionCoordinator({
      clock,
      settings,
      nextProducerId: () => producerIds.next(),
      complete: (ended) => completeTransaction(ended, broker),
    }),
    parkedFetches: new ParkedFetches(),
    apis: apiTable,
  };
  for (const { name, partitions, configs } of seeds) broker.topics.create({ name, partitions, configs: new Map(Object.entries(configs)) });
  const byName = new Map(apiTable.map((registration) => [registration.api, registration]));
  let closed = false;

  const failed = <Api extends ApiName>(request: EngineRequest<Api>, registration: ApiRegistration, cause: unknown): EngineResponse<Api> => {
    if (RefusedRequestError.is(cause)) throw cause;
    logger.error("a request failed in a way it should not", { api: request.api, version: request.version, error: cause });
    const body = registration.failure?.(errorCodes.UNKNOWN_SERVER_ERROR, request);
    if (body !== undefined) return body as EngineResponse<Api>;
    throw new RefusedRequestError(request.api, request.version, "the broker failed", { cause });
  };

  return {
    clusterId: broker.clusterId,
    apis: apiTable.map(({ api, minVersion, maxVersion }) => ({ api, minVersion, maxVersion })),
    get nodes() {
      return broker.nodes.all();
    },
    handle<Api extends ApiName>(request: EngineRequest<Api>): EngineResponse<Api> {
      const { api, version } = request;
      if (closed) throw new RefusedRequestError(api, version, "the broker is closed");
      const registration = byName.get(api);
      if (registration === undefined) throw new RefusedRequestError(api, version, "this API is not served");
      if (version < registration.minVersion || version > registration.maxVersion) {
        throw new RefusedRequestError(api, version, `versions ${registration.minVersion} to ${registration.maxVersion} are served`);
      }
      try {
        const response = registration.handle(request, broker) as EngineResponse<Api>;
        return response instanceof Promise ? response.catch((error: unknown) => failed(request, registration, error)) : response;
      } catch (error) {
        return failed(request, registration, error);
      }
    },
    connectionClosed: (connectionId) => broker.parkedFetches.connectionClosed(connectionId),
    nodeMoved: (nodeId, address) => broker.nodes.moved(nodeId, address),
    records: (topic, { partition } = {}) => recordsOf(broker.topics, topic, settings.decompress, partition),
    groups: () => groupsOf(broker.groups),
    offsets: (groupId) => offsetsOf(broker.groups, groupId),
    transactions: () => transactionsOf(broker.transactions, broker.groups),
    close() {
      if (closed) return;
      closed = true;
      broker.parkedFetches.close();
      broker.groups.close();
      broker.transactions.close();
    },
  };
}
