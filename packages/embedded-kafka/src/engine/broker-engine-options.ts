import { type Clock, InvalidOptionsError, type Logger, type Random, silentLogger, systemClock } from "@millrace/core";
import { topicNameProblem } from "../topics/topic-name.ts";
import type { BrokerSettings, Compress, Decompress } from "./broker-settings.ts";
import { compressWithZlib } from "./compress-with-zlib.ts";
import { decompressWithZlib } from "./decompress-with-zlib.ts";
import type { BrokerNode } from "./node-directory.ts";

/** A topic that is there from the start. */
export interface TopicSeed {
  readonly name: string;
  /** @default `defaultPartitions` */
  readonly partitions?: number;
  /** Nodes that hold each partition. @default `defaultReplicationFactor` */
  readonly replicationFactor?: number;
  /** Topic configs by Kafka's names, such as `{ "max.message.bytes": "2000000" }`. */
  readonly configs?: Readonly<Record<string, string>>;
}

/** How a broker behaves. Everything has the default of Apache Kafka unless it says otherwise. */
export interface BrokerEngineOptions {
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** Source of ids. @default Math.random */
  readonly random?: Random | undefined;
  /** @default silentLogger */
  readonly logger?: Logger | undefined;
  /** The brokers of the cluster; the first is the controller at first. @default one with id 1 at 127.0.0.1:9092 */
  readonly nodes?: readonly BrokerNode[] | undefined;
  readonly topics?: readonly TopicSeed[] | undefined;
  /** Makes a topic when a client asks for it. Kafka: `auto.create.topics.enable`. @default true */
  readonly autoCreateTopics?: boolean | undefined;
  /** Partitions of a topic that is made without saying how many. Kafka: `num.partitions`. @default 1 */
  readonly defaultPartitions?: number | undefined;
  /** Nodes that hold each partition of such a topic. Kafka: `default.replication.factor`, 1 there. @default 3, or as many as there are nodes */
  readonly defaultReplicationFactor?: number | undefined;
  /** Partitions of all topics together, as a bound on memory. @default 100_000 */
  readonly maxPartitions?: number | undefined;
  /** Largest batch. Kafka: `message.max.bytes`. @default 1_048_588 */
  readonly maxMessageBytes?: number | undefined;
  /**
   * Memory that the records of all topics may take. When it is used up, what retention allows to go does so at once; where that is not enough,
   * producers get POLICY_VIOLATION, which no client tries again. @default 1_073_741_824 (1 GiB)
   */
  readonly maxLogBytes?: number | undefined;
  /** How often it looks for records that may go. Kafka: `log.retention.check.interval.ms`. @default 300_000 */
  readonly logCheckIntervalMs?: number | undefined;
  /** Largest answer to a fetch. Kafka: `fetch.max.bytes`. @default 57_671_680 */
  readonly fetchMaxBytes?: number | undefined;
  /** Longest metadata of a committed offset. Kafka: `offset.metadata.max.bytes`. @default 4_096 */
  readonly offsetMetadataMaxBytes?: number | undefined;
  /** How long an idle producer's sequence numbers are remembered. Kafka: `producer.id.expiration.ms`. @default 86_400_000 */
  readonly producerExpirationMs?: number | undefined;
  readonly groups?: GroupOptions | undefined;
  readonly transactions?: TransactionOptions | undefined;
  /** Unpacks record batches, for `records()` and for finding records by time. @default gzip and zstd through node:zlib; others are not unpacked */
  readonly decompress?: Decompress | undefined;
  /** Packs what compaction has left of a compressed batch. @default gzip and zstd through node:zlib; others are left unpacked */
  readonly compress?: Compress | undefined;
}

/** How consumer groups behave. */
export interface GroupOptions {
  /** How long the first members of an empty group are waited for. Kafka: `group.initial.rebalance.delay.ms`, 3,000 there. @default 0 */
  readonly initialRebalanceDelayMs?: number | undefined;
  /** Kafka: `group.min.session.timeout.ms`. @default 6_000 */
  readonly minSessionTimeoutMs?: number | undefined;
  /** Kafka: `group.max.session.timeout.ms`. @default 1_800_000 */
  readonly maxSessionTimeoutMs?: number | undefined;
  /** Members of one group. Kafka: `group.max.size`. @default 10_000 */
  readonly maxSize?: number | undefined;
  /** How long offsets of an empty group are kept. Kafka: `offsets.retention.minutes`. @default 604_800_000 (seven days) */
  readonly offsetsRetentionMs?: number | undefined;
  /** How often it looks for what has expired. Kafka: `offsets.retention.check.interval.ms`. @default 600_000 */
  readonly offsetsCheckIntervalMs?: number | undefined;
}

/** How transactions behave. */
export interface TransactionOptions {
  /** Longest time-out that a producer may ask for. Kafka: `transaction.max.timeout.ms`. @default 900_000 (15 minutes) */
  readonly maxTimeoutMs?: number | undefined;
  /** How long a transactional id that is not used is remembered. Kafka: `transactional.id.expiration.ms`. @default 604_800_000 (seven days) */
  readonly idExpirationMs?: number | undefined;
}

/** Options with every default filled in. */
export interface ResolvedBrokerEngineOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly nodes: readonly BrokerNode[];
  readonly topics: readonly Required<TopicSeed>[];
  readonly settings: BrokerSettings;
}

/** Fills in the defaults. @throws InvalidOptionsError (`INVALID_OPTIONS`) naming every problem at once */
export function resolveBrokerEngineOptions(options: BrokerEngineOptions = {}): ResolvedBrokerEngineOptions {
  const { groups = {}, transactions = {} } = options;
  const nodes = options.nodes ?? [{ id: 1, host: "127.0.0.1", port: 9092 }];
  const settings: BrokerSettings = {
    autoCreateTopics: options.autoCreateTopics ?? true,
    defaultPartitions: options.defaultPartitions ?? 1,
    defaultReplicationFactor: options.defaultReplicationFactor ?? Math.min(3, nodes.length),
    maxPartitions: options.maxPartitions ?? 100_000,
    maxMessageBytes: options.maxMessageBytes ?? 1_048_588,
    maxLogBytes: options.maxLogBytes ?? 1_073_741_824,
    logCheckIntervalMs: options.logCheckIntervalMs ?? 300_000,
    fetchMaxBytes: options.fetchMaxBytes ?? 57_671_680,
    offsetMetadataMaxBytes: options.offsetMetadataMaxBytes ?? 4_096,
    producerExpirationMs: options.producerExpirationMs ?? 86_400_000,
    initialRebalanceDelayMs: groups.initialRebalanceDelayMs ?? 0,
    minSessionTimeoutMs: groups.minSessionTimeoutMs ?? 6_000,
    maxSessionTimeoutMs: groups.maxSessionTimeoutMs ?? 1_800_000,
    maxSize: groups.maxSize ?? 10_000,
    offsetsRetentionMs: groups.offsetsRetentionMs ?? 7 * 24 * 3_600_000,
    offsetsCheckIntervalMs: groups.offsetsCheckIntervalMs ?? 600_000,
    transactionMaxTimeoutMs: transactions.maxTimeoutMs ?? 900_000,
    transactionalIdExpirationMs: transactions.idExpirationMs ?? 7 * 24 * 3_600_000,
    decompress: options.decompress ?? decompressWithZlib,
    compress: options.compress ?? compressWithZlib,
  };
  const topics = (options.topics ?? []).map(({ name, partitions, replicationFactor, configs }) => ({
    name,
    partitions: partitions ?? settings.defaultPartitions,
    replicationFactor: replicationFactor ?? settings.defaultReplicationFactor,
    configs: configs ?? {},
  }));
  const problems = [...settingProblems(settings), ...nodeProblems(nodes, settings), ...topicProblems(topics, nodes.length)];
  if (problems.length > 0) throw new InvalidOptionsError("embedded Kafka", problems);
  const { clock = systemClock, random = Math.random, logger = silentLogger } = options;
  return { clock, random, logger, nodes, topics, settings };
}

function settingProblems(settings: BrokerSettings): string[] {
  const atLeastOne = [
    "defaultPartitions",
    "maxPartitions",
    "maxSize",
    "minSessionTimeoutMs",
    "offsetsCheckIntervalMs",
    "logCheckIntervalMs",
    "transactionMaxTimeoutMs",
    "transactionalIdExpirationMs",
  ] as const;
  const atLeastZero = ["maxMessageBytes", "maxLogBytes", "fetchMaxBytes", "offsetMetadataMaxBytes", "producerExpirationMs"] as const;
  const alsoAtLeastZero = ["initialRebalanceDelayMs", "offsetsRetentionMs"] as const;
  const problems: string[] = [];
  for (const name of atLeastOne)
    if (!isWhole(settings[name], 1)) problems.push(`${name} must be a whole number of at least 1, not ${settings[name]}`);
  for (const name of [...atLeastZero, ...alsoAtLeastZero])
    if (!isWhole(settings[name], 0)) problems.push(`${name} must be a whole number of at least 0, not ${settings[name]}`);
  const { minSessionTimeoutMs, maxSessionTimeoutMs } = settings;
  if (!(maxSessionTimeoutMs >= minSessionTimeoutMs))
    problems.push(`maxSessionTimeoutMs must be at least minSessionTimeoutMs (${minSessionTimeoutMs}), not ${maxSessionTimeoutMs}`);
  return problems;
}

function nodeProblems(nodes: readonly BrokerNode[], { defaultReplicationFactor }: BrokerSettings): string[] {
  if (nodes.length === 0) return ["nodes must have at least one broker"];
  const ids = nodes.map((node) => node.id);
  const problems: string[] = [];
  if (new Set(ids).size !== ids.length) problems.push(`nodes must have different ids, not ${ids.join(", ")}`);
  if (!isReplicationFactor(defaultReplicationFactor, nodes.length))
    problems.push(`defaultReplicationFactor must be from 1 to the number of nodes (${nodes.length}), not ${defaultReplicationFactor}`);
  return problems;
}

function topicProblems(topics: readonly Required<TopicSeed>[], nodeCount: number): string[] {
  const problems: string[] = [];
  for (const [index, { name, partitions, replicationFactor }] of topics.entries()) {
    const problem = topicNameProblem(name);
    if (problem !== undefined) problems.push(`topics[${index}]: ${problem}`);
    if (topics.findIndex((topic) => topic.name === name) !== index) problems.push(`topics[${index}]: "${name}" is there twice`);
    if (!isWhole(partitions, 1)) problems.push(`topics[${index}]: partitions must be a whole number of at least 1, not ${partitions}`);
    if (!isReplicationFactor(replicationFactor, nodeCount))
      problems.push(`topics[${index}]: replicationFactor must be from 1 to the number of nodes (${nodeCount}), not ${replicationFactor}`);
  }
  return problems;
}

function isReplicationFactor(value: number, nodeCount: number): boolean {
  return isWhole(value, 1) && value <= nodeCount;
}

function isWhole(value: number, smallest: number): boolean {
  return Number.isSafeInteger(value) && value >= smallest;
}
