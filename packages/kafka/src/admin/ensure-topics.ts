import type { Logger } from "@millrace/core";
import { type AnyTopic, topicConfigs } from "@millrace/topics";
import type { ConfigChange } from "../driver/admin-configs.ts";
import type { AdminCallOptions, DriverAdmin } from "../driver/driver-admin.ts";
import { KafkaError } from "../kafka-error.ts";
import type { TopicReport } from "./admin.ts";
import { compareTopic, describeDifference, type TopicDifference } from "./compare-topic.ts";
import { describeTopicConfigs } from "./topic-configs.ts";

/** What a comparison works with. */
export interface EnsureTopicsContext {
  readonly driver: DriverAdmin;
  readonly logger: Logger;
  readonly call: AdminCallOptions;
  readonly mode: "create" | "verify" | "alter";
}

/** Compares declared topics with the cluster's, and makes or alters them where it may. In the order of the declarations. */
export async function ensureTopics(context: EnsureTopicsContext, topics: readonly AnyTopic[]): Promise<readonly TopicReport[]> {
  const { driver, logger, call, mode } = context;
  if (topics.length === 0) {
    logger.warn("no topics to ensure: the list is empty");
    return [];
  }
  const { brokers } = await driver.describeCluster(call);
  if (brokers.length === 0) {
    const message = "No Kafka brokers found in cluster: it may be starting, or all of them are gone.";
    throw new KafkaError({ code: "KAFKA_UNREACHABLE", retryable: true, message });
  }
  const found = new Map((await driver.describeTopics(namesOf(topics), call)).map((topic) => [topic.name, topic]));
  const missing = topics.filter(({ name }) => !found.has(name));
  const created = new Set<string>();
  if (mode !== "verify" && missing.length > 0) {
    const wanted = missing.map((topic) => ({
      name: topic.name,
      partitions: topic.partitions ?? -1,
      replicationFactor: Math.min(topic.replicationFactor ?? -1, brokers.length),
      configs: topicConfigs(topic),
    }));
    for (const name of await driver.createTopics(wanted, call)) created.add(name);
    // Somebody else made them in between: compare them like those that were there before.
    const others = namesOf(missing).filter((name) => !created.has(name));
    for (const topic of await driver.describeTopics(others, call)) found.set(topic.name, topic);
  }
  const configs = await describeTopicConfigs(driver, [...found.keys()], call);
  const compared = topics.map((topic): Compared => {
    const existing = found.get(topic.name);
    const differences = existing === undefined ? [] : compareTopic(topic, existing, configs.get(topic.name), brokers.length);
    return { topic, differences };
  });
  if (mode === "alter") await alter(context, compared);
  return compared.map(({ topic, differences }): TopicReport => {
    const warnings = warningsOf(topic, brokers.length);
    for (const warning of warnings) logger.warn("topic cannot be as it is declared", { topic: topic.name, warning });
    const report = { topic: topic.name, differences: [], changes: [], warnings };
    if (created.has(topic.name)) return { ...report, action: "created" };
    if (!found.has(topic.name)) return { ...report, action: "missing", differences: ["it does not exist"] };
    const changed = mode === "alter" ? differences.filter(isAlterable) : [];
    const left = differences.filter((difference) => !changed.includes(difference));
    return {
      ...report,
      action: changed.length > 0 ? "altered" : left.length > 0 ? "differs" : "verified",
      changes: changed.map(describeChange),
      differences: left.map((difference) => describeDifference(difference) + (mode === "alter" ? reasonToLeave(difference) : "")),
    };
  });
}

interface Compared {
  readonly topic: AnyTopic;
  readonly differences: readonly TopicDifference[];
}

const namesOf = (topics: readonly AnyTopic[]): readonly string[] => topics.map(({ name }) => name);

/** Everything that can be is tried; then the first failure is told. */
async function alter({ driver, call }: EnsureTopicsContext, compared: readonly Compared[]): Promise<void> {
  const work: Promise<void>[] = [];
  const configChanges: ConfigChange[] = [];
  for (const { topic, differences } of compared) {
    const alterable = differences.filter(isAlterable);
    for (const { kind, declared } of alterable) {
      if (kind === "partitions") work.push(driver.createPartitions(topic.name, declared, call));
    }
    const set = alterable.flatMap((difference) => (difference.kind === "config" ? [[difference.name, difference.declared] as const] : []));
    if (set.length > 0) configChanges.push({ type: "topic", name: topic.name, set: Object.fromEntries(set) });
  }
  if (configChanges.length > 0) work.push(driver.alterConfigs(configChanges, call));
  const failed = (await Promise.allSettled(work)).find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function isAlterable(difference: TopicDifference): boolean {
  return difference.kind === "config" || (difference.kind === "partitions" && difference.declared > difference.actual);
}

function describeChange(difference: TopicDifference): string {
  const { kind, actual, declared } = difference;
  return `${kind === "config" ? difference.name : kind} was ${actual ?? "not set"} and is ${declared} now`;
}

function reasonToLeave({ kind }: TopicDifference): string {
  return kind === "partitions" ? "; partitions are never taken away" : "; replicas are not moved";
}

function warningsOf({ replicationFactor, configs }: AnyTopic, brokerCount: number): readonly string[] {
  if (replicationFactor === undefined || replicationFactor <= brokerCount) return [];
  const told = `a replication factor of ${replicationFactor} is declared, the cluster has ${brokerCount} broker(s): ${brokerCount} is used`;
  const inSync = configs["min.insync.replicas"];
  if (inSync === undefined || Number(inSync) <= brokerCount) return [told];
  return [told, `min.insync.replicas is ${inSync}, more than there are brokers: with acks "all" nothing can be written`];
}
