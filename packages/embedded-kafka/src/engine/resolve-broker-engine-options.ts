import { type Clock, InvalidOptionsError, type Logger, type Random, silentLogger, systemClock } from "@millrace/core";
import type { BrokerEngineOptions, GroupOptions, TransactionOptions } from "./broker-engine-options.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import { compressWithZlib } from "./compress-with-zlib.ts";
import { decompressWithZlib } from "./decompress-with-zlib.ts";
import type { BrokerNode } from "./node-directory.ts";
import { type ResolvedTopicSeed, resolveTopicSeeds } from "./resolve-topic-seeds.ts";
import { type OptionShape, soundOptions } from "./sound-options.ts";

/** Options with every default filled in. */
export interface ResolvedBrokerEngineOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly nodes: readonly BrokerNode[];
  readonly topics: readonly ResolvedTopicSeed[];
  readonly settings: BrokerSettings;
}

const engineShape: OptionShape<BrokerEngineOptions> = {
  clock: "object",
  random: "function",
  logger: "object",
  nodes: "list",
  topics: "list",
  autoCreateTopics: "boolean",
  defaultPartitions: "number",
  defaultReplicationFactor: "number",
  maxPartitions: "number",
  maxMessageBytes: "number",
  maxLogBytes: "number",
  logCheckIntervalMs: "number",
  fetchMaxBytes: "number",
  offsetMetadataMaxBytes: "number",
  producerExpirationMs: "number",
  groups: "object",
  transactions: "object",
  decompress: "function",
  compress: "function",
};
const groupShape: OptionShape<GroupOptions> = {
  initialRebalanceDelayMs: "number",
  minSessionTimeoutMs: "number",
  maxSessionTimeoutMs: "number",
  maxSize: "number",
  offsetsRetentionMs: "number",
  offsetsCheckIntervalMs: "number",
};
const transactionShape: OptionShape<TransactionOptions> = { maxTimeoutMs: "number", idExpirationMs: "number" };

/** Fills in the defaults. @throws InvalidOptionsError (`INVALID_OPTIONS`) naming every problem at once */
export function resolveBrokerEngineOptions(given: BrokerEngineOptions = {}): ResolvedBrokerEngineOptions {
  const { sound: options, problems: ofOptions } = soundOptions<BrokerEngineOptions>(given, engineShape);
  const { sound: groups, problems: ofGroups } = soundOptions<GroupOptions>(options.groups ?? {}, groupShape, "groups");
  const { sound: transactions, problems: ofTransactions } = soundOptions<TransactionOptions>(
    options.transactions ?? {},
    transactionShape,
    "transactions",
  );
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
  const { topics, problems: ofTopics } = resolveTopicSeeds(
    options.topics ?? [],
    // A default that cannot be is told of once, and not again for every topic.
    {
      partitions: isWhole(settings.defaultPartitions, 1) ? settings.defaultPartitions : 1,
      replicationFactor: isReplicationFactor(settings.defaultReplicationFactor, nodes.length) ? settings.defaultReplicationFactor : 1,
    },
    nodes.length,
  );
  const ofSettings = [...settingProblems(settings), ...nodeProblems(nodes, settings), ...ofTopics];
  const partitions = topics.reduce((sum, topic) => sum + topic.partitions, 0);
  if (partitions > settings.maxPartitions)
    ofSettings.push(`topics must not have more than ${settings.maxPartitions} partitions together (maxPartitions), not ${partitions}`);
  const problems = [...ofOptions, ...ofGroups, ...ofTransactions, ...ofSettings];
  if (problems.length > 0) throw new InvalidOptionsError("embedded Kafka", problems);
  const { clock = systemClock, random = Math.random, logger = silentLogger } = options;
  return { clock, random, logger, nodes, topics, settings };
}

/** Settings that are numbers, with the least that each can be, by the names that they have among the options. */
const leastOf: readonly (readonly [option: string, setting: NumberSetting, least: number])[] = [
  ["defaultPartitions", "defaultPartitions", 1],
  ["maxPartitions", "maxPartitions", 1],
  ["maxMessageBytes", "maxMessageBytes", 0],
  ["maxLogBytes", "maxLogBytes", 0],
  ["logCheckIntervalMs", "logCheckIntervalMs", 1],
  ["fetchMaxBytes", "fetchMaxBytes", 0],
  ["offsetMetadataMaxBytes", "offsetMetadataMaxBytes", 0],
  ["producerExpirationMs", "producerExpirationMs", 0],
  ["groups.initialRebalanceDelayMs", "initialRebalanceDelayMs", 0],
  ["groups.minSessionTimeoutMs", "minSessionTimeoutMs", 1],
  ["groups.maxSessionTimeoutMs", "maxSessionTimeoutMs", 1],
  ["groups.maxSize", "maxSize", 1],
  ["groups.offsetsRetentionMs", "offsetsRetentionMs", 0],
  ["groups.offsetsCheckIntervalMs", "offsetsCheckIntervalMs", 1],
  ["transactions.maxTimeoutMs", "transactionMaxTimeoutMs", 1],
  ["transactions.idExpirationMs", "transactionalIdExpirationMs", 1],
];
type NumberSetting = { [Name in keyof BrokerSettings]: BrokerSettings[Name] extends number ? Name : never }[keyof BrokerSettings];

function settingProblems(settings: BrokerSettings): string[] {
  const problems: string[] = [];
  for (const [option, setting, least] of leastOf)
    if (!isWhole(settings[setting], least))
      problems.push(`${option} must be a whole number of at least ${least}, not ${settings[setting]}`);
  const { minSessionTimeoutMs, maxSessionTimeoutMs } = settings;
  if (maxSessionTimeoutMs < minSessionTimeoutMs)
    problems.push(
      `groups.maxSessionTimeoutMs must be at least groups.minSessionTimeoutMs (${minSessionTimeoutMs}), not ${maxSessionTimeoutMs}`,
    );
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

function isReplicationFactor(value: number, nodeCount: number): boolean {
  return isWhole(value, 1) && value <= nodeCount;
}

function isWhole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}
