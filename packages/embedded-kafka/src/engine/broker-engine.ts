import type { ApiName } from "@millrace/protocol";
import { type BrokerFaults, createBrokerFaults, type Intercept } from "../faults/broker-faults.ts";
import { failureAnswer } from "../faults/error-answers.ts";
import { FaultRegistry } from "../faults/fault-registry.ts";
import type { BrokerGroup, BrokerOffset, BrokerRecord, BrokerTransaction, RecordSelection } from "../inspect/broker-snapshot.ts";
import { groupsOf, offsetsOf, recordsOf, transactionsOf } from "../inspect/inspect-broker.ts";
import type { ApiRegistration, EngineRequest, EngineResponse } from "./api-registration.ts";
import { apiTable } from "./api-table.ts";
import type { BrokerEngineOptions } from "./broker-engine-options.ts";
import { moveLeader, startNode, stopNode } from "./cluster-changes.ts";
import { atCoordinator } from "./coordinator-gate.ts";
import { closeBrokerState, createBrokerState } from "./create-broker-state.ts";
import { type BrokerNodeState, NodeDirectory } from "./node-directory.ts";
import { randomUuid } from "./random-id.ts";
import { RefusedRequestError } from "./refused-request-error.ts";
import { resolveBrokerEngineOptions } from "./resolve-broker-engine-options.ts";

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
  /** Its brokers as they are now, stopped ones too. */
  readonly nodes: readonly BrokerNodeState[];
  /**
   * Answers a request: at once, or by a promise where the request has to wait (a fetch for records, a join for the other members).
   * `undefined` means that there is nothing to send back. The body holds slices of the broker's memory: read it, do not write to it.
   * @throws RefusedRequestError (`REQUEST_REFUSED`), by throwing or by rejecting, where Kafka would close the connection
   */
  handle<Api extends ApiName>(request: EngineRequest<Api>): EngineResponse<Api>;
  /** Faults on demand, at the broker's door. */
  readonly faults: BrokerFaults;
  /** Puts an interceptor before an API, or several, or all. `faults.clear()` takes it out again, too. */
  readonly intercept: Intercept;
  /** Forgets what a connection waits for. Members of groups stay until their session ends, as in Kafka. */
  connectionClosed(connectionId: number | string): void;
  /** Says where clients find a broker, as soon as that is known. */
  nodeMoved(nodeId: number, address: { readonly host: string; readonly port: number }): void;
  /**
   * Makes a node the leader of a partition: a new leader epoch begins, and what waits at the former leader hears of it. A node that is not a replica
   * takes the former leader's place. @throws InvalidOptionsError (`INVALID_OPTIONS`) when there is no such partition, or no such node is running
   */
  moveLeader(topic: string, partition: number, nodeId: number): void;
  /**
   * A node is gone: what it led and coordinated goes to nodes that run, and partitions that no other node holds have no leader. Requests to it are
   * refused. Idempotent. @throws InvalidOptionsError (`INVALID_OPTIONS`) when there is no such node, or no other one is running
   */
  stopNode(nodeId: number): void;
  /** A stopped node is back, and in sync. Idempotent. @throws InvalidOptionsError (`INVALID_OPTIONS`) when there is no such node */
  startNode(nodeId: number): void;
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
  /** Gives up the records that retention allows to go, now instead of at the next check. */
  applyRetention(): void;
  /**
   * Compacts the topics whose `cleanup.policy` says so, now instead of at the next check: all but the newest segment of each partition, or with
   * `rollFirst` everything, as a new segment begins with the next record.
   */
  compact(options?: { readonly rollFirst?: boolean }): void;
  /**
   * Makes the cluster what it was at its start: topics (but those of its options), records, groups, offsets, producers, transactions and faults
   * are gone, and stopped nodes run. The cluster's id and addresses stay. Connections are the shell's: what they wait for is answered or given up.
   */
  reset(): void;
  /** Answers everything that waits and leaves no timer behind. Requests after it are refused. Idempotent. */
  close(): void;
}

/** Makes a broker engine. @throws InvalidOptionsError (`INVALID_OPTIONS`) naming every problem at once */
export function createBrokerEngine(options: BrokerEngineOptions = {}): BrokerEngine {
  const resolved = resolveBrokerEngineOptions(options);
  const { clock, random, logger, settings } = resolved;
  const defaultConfigs = new Map<string, string>();
  if (options.maxMessageBytes !== undefined) defaultConfigs.set("max.message.bytes", String(settings.maxMessageBytes));
  const lasting = { clusterId: randomUuid(random), nodes: new NodeDirectory(resolved.nodes), defaultConfigs };
  let broker = createBrokerState(resolved, lasting);
  const registry = new FaultRegistry({ clock, random });
  const { faults, intercept } = createBrokerFaults(registry, {
    served: new Set(apiTable.map(({ api }) => api)),
    random,
    topicName: (topicId) => broker.topics.withId(topicId)?.name,
    beginLeaderEpoch: (topic, index) => {
      const partition = broker.topics.partition(topic, index);
      if (partition === undefined) return false;
      partition.elect(partition.leaderId);
      broker.parkedFetches.wake([partition]);
      return true;
    },
  });
  const byName = new Map(apiTable.map((registration) => [registration.api, registration]));
  let closed = false;

  const failed = <Api extends ApiName>(request: EngineRequest<Api>, cause: unknown): EngineResponse<Api> => {
    if (RefusedRequestError.is(cause)) throw cause;
    logger.error("a request failed in a way it should not", { api: request.api, version: request.version, error: cause });
    const answer = failureAnswer(request, "UNKNOWN_SERVER_ERROR");
    if (answer === undefined) throw new RefusedRequestError(request.api, request.version, "the broker failed", { cause });
    return answer as EngineResponse<Api>;
  };

  const handleAt = (request: EngineRequest, registration: ApiRegistration): EngineResponse =>
    atCoordinator(request, broker.coordinators, (passed) => registration.handle(passed, broker));

  return {
    clusterId: broker.clusterId,
    apis: apiTable.map(({ api, minVersion, maxVersion }) => ({ api, minVersion, maxVersion })),
    get nodes() {
      return broker.nodes.all();
    },
    handle<Api extends ApiName>(request: EngineRequest<Api>): EngineResponse<Api> {
      const { api, version, nodeId } = request;
      if (closed) throw new RefusedRequestError(api, version, "the broker is closed");
      if (nodeId !== undefined && broker.nodes.isStopped(nodeId)) {
        throw new RefusedRequestError(api, version, `node ${nodeId} is stopped`, { retryable: true });
      }
      const registration = byName.get(api);
      if (registration === undefined) throw new RefusedRequestError(api, version, "this API is not served");
      if (version < registration.minVersion || version > registration.maxVersion) {
        throw new RefusedRequestError(api, version, `versions ${registration.minVersion} to ${registration.maxVersion} are served`);
      }
      try {
        const response = registry.run(request, (passed) => handleAt(passed, registration)) as EngineResponse<Api>;
        return response instanceof Promise ? response.catch((error: unknown) => failed(request, error)) : response;
      } catch (error) {
        return failed(request, error);
      }
    },
    faults,
    intercept,
    connectionClosed: (connectionId) => {
      registry.held.connectionClosed(connectionId);
      broker.parkedFetches.connectionClosed(connectionId);
    },
    nodeMoved: (nodeId, address) => broker.nodes.moved(nodeId, address),
    moveLeader: (topic, partition, nodeId) => moveLeader(topic, partition, nodeId, broker),
    stopNode: (nodeId) => void stopNode(nodeId, broker),
    startNode: (nodeId) => void startNode(nodeId, broker),
    records: (topic, selection) => recordsOf(broker.topics, topic, settings.decompress, selection),
    groups: () => groupsOf(broker.groups),
    offsets: (groupId) => offsetsOf(broker.groups, groupId),
    transactions: () => transactionsOf(broker.transactions, broker.groups),
    compact: (compaction) => broker.logs.compact(compaction),
    applyRetention: () => broker.logs.applyRetention(),
    reset() {
      if (closed) return;
      registry.close();
      closeBrokerState(broker);
      for (const nodeId of lasting.nodes.ids) lasting.nodes.started(nodeId);
      broker = createBrokerState(resolved, lasting);
    },
    close() {
      if (closed) return;
      closed = true;
      registry.close();
      closeBrokerState(broker);
    },
  };
}
