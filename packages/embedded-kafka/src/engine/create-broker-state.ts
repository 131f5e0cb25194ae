import { GroupCoordinator } from "../groups/group-coordinator.ts";
import { ProducerIds } from "../producers/producer-ids.ts";
import { TopicRegistry } from "../topics/topic-registry.ts";
import { completeTransaction } from "../transactions/complete-transaction.ts";
import { TransactionCoordinator } from "../transactions/transaction-coordinator.ts";
import { apiTable } from "./api-table.ts";
import { BrokerConfigs } from "./broker-configs.ts";
import type { BrokerState } from "./broker-state.ts";
import { CoordinatorDirectory } from "./coordinator-directory.ts";
import { FetchSessions } from "./fetch-sessions.ts";
import { LogKeeper } from "./log-keeper.ts";
import type { NodeDirectory } from "./node-directory.ts";
import { ParkedFetches } from "./parked-fetches.ts";
import { Reassignments } from "./reassignments.ts";
import type { ResolvedBrokerEngineOptions } from "./resolve-broker-engine-options.ts";

/** Kafka's `log.cleaner.backoff.ms`. */
const defaultCleanerBackoffMs = 15_000;

/** What stays when a broker is reset. */
export interface LastingState {
  readonly clusterId: string;
  readonly nodes: NodeDirectory;
  /** What topics have unless they are made with something else, where that is not Kafka's default. */
  readonly defaultConfigs: ReadonlyMap<string, string>;
}

/** A broker as it is when it starts: with the topics of its options and nothing else. */
export function createBrokerState(options: ResolvedBrokerEngineOptions, { clusterId, nodes, defaultConfigs }: LastingState): BrokerState {
  const { clock, random, logger, settings } = options;
  const producerIds = new ProducerIds();
  const parkedFetches = new ParkedFetches();
  const configs = new BrokerConfigs(defaultConfigs, nodes.ids);
  const topics = new TopicRegistry({
    nodes,
    defaultReplicationFactor: settings.defaultReplicationFactor,
    random,
    producerExpirationMs: () => Number(configs.value("producer.id.expiration.ms") ?? settings.producerExpirationMs),
    defaultConfigs: configs.topicDefaults,
  });
  const broker: BrokerState = {
    clusterId,
    clock,
    random,
    logger,
    settings,
    configs,
    nodes,
    coordinators: new CoordinatorDirectory(nodes, topics),
    topics,
    groups: new GroupCoordinator({ clock, random, settings }),
    producerIds,
    transactions: new TransactionCoordinator({
      clock,
      settings,
      nextProducerId: () => producerIds.next(),
      complete: (ended) => completeTransaction(ended, broker),
    }),
    logs: new LogKeeper({
      clock,
      settings,
      topics,
      parkedFetches,
      compactionIntervalMs: () => Number(configs.value("log.cleaner.backoff.ms") ?? defaultCleanerBackoffMs),
    }),
    fetchSessions: new FetchSessions(clock, random),
    parkedFetches,
    reassignments: new Reassignments({ clock, nodes, parkedFetches }),
    apis: apiTable,
  };
  for (const { name, partitions, replicationFactor, configs } of options.topics) {
    broker.topics.create({ name, partitions, replicationFactor, configs: new Map(Object.entries(configs)) });
  }
  return broker;
}

/** Answers everything that waits and leaves no timer behind. */
export function closeBrokerState({ parkedFetches, groups, logs, transactions, reassignments }: BrokerState): void {
  parkedFetches.close();
  groups.close();
  logs.close();
  transactions.close();
  reassignments.close();
}
