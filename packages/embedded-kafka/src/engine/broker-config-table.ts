import { type TopicConfigDefinition, topicConfigs } from "../topics/topic-config.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import type { BrokerNode } from "./node-directory.ts";

/** Kafka's default of `log.dir`. Nothing is kept there. */
export const logDirectory = "/tmp/kafka-logs";

/** A broker config that is served. */
export interface BrokerConfigDefinition extends Omit<TopicConfigDefinition, "defaultValue" | "brokerConfig"> {
  /** `null` where Kafka has no default. */
  readonly defaultValue: string | null;
  /** It can be changed while the broker runs. */
  readonly isDynamic: boolean;
}

const unlimited = 2_147_483_647;

/** Broker configs that can be changed, and change nothing here: how many threads and connections Kafka has. */
const configsWithoutEffect: Readonly<Record<string, number>> = {
  "background.threads": 10,
  "log.cleaner.threads": 1,
  "max.connection.creation.rate": unlimited,
  "max.connections": unlimited,
  "max.connections.per.ip": unlimited,
  "num.io.threads": 8,
  "num.network.threads": 3,
  "num.recovery.threads.per.data.dir": 2,
  "num.replica.fetchers": 1,
};

/** Broker configs that can be changed while the broker runs: what topics have that say nothing else, and few others. */
const dynamicConfigs: Readonly<Record<string, BrokerConfigDefinition>> = {
  ...Object.fromEntries(
    Object.values(topicConfigs).flatMap(
      ({ brokerConfig, hasNoBrokerDefault = false, ...definition }): [string, BrokerConfigDefinition][] =>
        brokerConfig === undefined
          ? []
          : [[brokerConfig, { ...definition, defaultValue: hasNoBrokerDefault ? null : definition.defaultValue, isDynamic: true }]],
    ),
  ),
  ...Object.fromEntries(
    Object.entries(configsWithoutEffect).map(([name, value]): [string, BrokerConfigDefinition] => [
      name,
      { type: "int", defaultValue: String(value), min: 0, isDynamic: true },
    ]),
  ),
  "log.cleaner.backoff.ms": { type: "long", defaultValue: "15000", min: 0, isDynamic: true },
  "producer.id.expiration.ms": { type: "int", defaultValue: "86400000", min: 1, isDynamic: true },
};

const integer = (defaultValue: number): BrokerConfigDefinition => ({ type: "int", defaultValue: String(defaultValue), isDynamic: false });
const long = (defaultValue: number): BrokerConfigDefinition => ({ ...integer(defaultValue), type: "long" });

/** Broker configs that are given when the broker starts. */
const staticConfigs: Readonly<Record<string, BrokerConfigDefinition>> = {
  "advertised.listeners": { type: "list", defaultValue: null, isDynamic: false },
  "auto.create.topics.enable": { type: "boolean", defaultValue: "true", isDynamic: false },
  "broker.id": integer(-1),
  "broker.rack": { type: "string", defaultValue: null, isDynamic: false },
  "default.replication.factor": integer(1),
  "fetch.max.bytes": integer(57_671_680),
  "group.initial.rebalance.delay.ms": integer(3_000),
  "group.max.session.timeout.ms": integer(1_800_000),
  "group.max.size": integer(2_147_483_647),
  "group.min.session.timeout.ms": integer(6_000),
  "log.dir": { type: "list", defaultValue: logDirectory, isDynamic: false },
  "log.retention.check.interval.ms": long(300_000),
  "node.id": { type: "int", defaultValue: null, isDynamic: false },
  "num.partitions": integer(1),
  "offset.metadata.max.bytes": integer(4_096),
  "offsets.retention.check.interval.ms": long(600_000),
  "offsets.retention.minutes": integer(10_080),
  "transaction.max.timeout.ms": integer(900_000),
  "transactional.id.expiration.ms": integer(604_800_000),
};

/** Every broker config that is served. */
export const brokerConfigTable: ReadonlyMap<string, BrokerConfigDefinition> = new Map(
  Object.entries({ ...staticConfigs, ...dynamicConfigs }),
);

/** The values that a broker was started with. */
export function startedWith({ id, host, port }: BrokerNode, settings: BrokerSettings): ReadonlyMap<string, string> {
  const values: Readonly<Record<string, number | boolean | string>> = {
    "advertised.listeners": `PLAINTEXT://${host}:${port}`,
    "auto.create.topics.enable": settings.autoCreateTopics,
    "broker.id": id,
    "default.replication.factor": settings.defaultReplicationFactor,
    "fetch.max.bytes": settings.fetchMaxBytes,
    "group.initial.rebalance.delay.ms": settings.initialRebalanceDelayMs,
    "group.max.session.timeout.ms": settings.maxSessionTimeoutMs,
    "group.max.size": settings.maxSize,
    "group.min.session.timeout.ms": settings.minSessionTimeoutMs,
    "log.retention.check.interval.ms": settings.logCheckIntervalMs,
    "node.id": id,
    "num.partitions": settings.defaultPartitions,
    "offset.metadata.max.bytes": settings.offsetMetadataMaxBytes,
    "offsets.retention.check.interval.ms": settings.offsetsCheckIntervalMs,
    "offsets.retention.minutes": Math.round(settings.offsetsRetentionMs / 60_000),
    "producer.id.expiration.ms": settings.producerExpirationMs,
    "transaction.max.timeout.ms": settings.transactionMaxTimeoutMs,
    "transactional.id.expiration.ms": settings.transactionalIdExpirationMs,
  };
  return new Map(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
