import { type ErrorName, errorCodes, type RequestTypes } from "@millrace/protocol";
import { topicConfigProblem } from "../topics/topic-config.ts";
import { topicNameProblem } from "../topics/topic-name.ts";
import { type ApiRegistration, type ResponseBody, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";
import { describeTopicConfigs } from "./config-description.ts";
import { randomUuid } from "./random-id.ts";
import { assignmentProblem, replicasOf } from "./replica-assignment.ts";

type AskedTopic = RequestTypes["CreateTopics"]["topics"][number];
type AnsweredTopic = NonNullable<ResponseBody<"CreateTopics">["topics"]>[number];
type Problem = readonly [ErrorName, string];

/** Makes topics, or with `validateOnly` says whether it could. */
export const createTopics: ApiRegistration = serve("CreateTopics", {
  handle({ version, body }, broker) {
    const names = body.topics.map((topic) => topic.name);
    const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    const topics: AnsweredTopic[] = [...repeated].map((name) => failed(name, ["INVALID_REQUEST", "Duplicate topic name."]));
    // Kafka looks for collisions among the topics there are, not among those of one request.
    const colliding = new Map(names.map((name) => [name, broker.topics.collidingWith(name)]));
    for (const asked of body.topics) {
      if (repeated.has(asked.name)) continue;
      const problem = problemOf(asked, colliding.get(asked.name), broker);
      topics.push(problem === undefined ? create(asked, version, body.validateOnly, broker) : failed(asked.name, problem));
    }
    return { topics };
  },
});

function problemOf(asked: AskedTopic, colliding: string | undefined, broker: BrokerState): Problem | undefined {
  const { name, numPartitions, replicationFactor, assignments, configs } = asked;
  if (name === "__cluster_metadata") return ["INVALID_REQUEST", `Creation of internal topic ${name} is prohibited.`];
  const nameProblem = topicNameProblem(name);
  if (nameProblem !== undefined) return ["INVALID_TOPIC_EXCEPTION", nameProblem];
  if (broker.topics.named(name) !== undefined) return ["TOPIC_ALREADY_EXISTS", `Topic '${name}' already exists.`];
  if (colliding !== undefined) return ["INVALID_TOPIC_EXCEPTION", `Topic '${name}' collides with existing topic: ${colliding}`];
  for (const config of configs) {
    const configProblem = topicConfigProblem(config.name, config.value);
    if (configProblem !== undefined) return ["INVALID_CONFIG", configProblem];
  }
  if (assignments.length > 0) {
    if (numPartitions !== -1 || replicationFactor !== -1)
      return ["INVALID_REQUEST", "partition count and replication factor must be -1 where partitions are assigned by hand"];
    return assignmentProblem(assignments, broker.nodes);
  }
  if (replicationFactor < -1 || replicationFactor === 0)
    return ["INVALID_REPLICATION_FACTOR", "the replication factor must be at least 1, or -1"];
  if (numPartitions < -1 || numPartitions === 0) return ["INVALID_PARTITIONS", "the number of partitions must be at least 1, or -1"];
  const nodes = broker.nodes.ids.length;
  if (replicationFactor > nodes)
    return ["INVALID_REPLICATION_FACTOR", `a replication factor of ${replicationFactor} needs as many brokers; there are ${nodes}`];
  if (broker.topics.partitionCount + numPartitions > broker.settings.maxPartitions)
    return ["POLICY_VIOLATION", `the cluster would have more than ${broker.settings.maxPartitions} partitions`];
  return undefined;
}

function create(asked: AskedTopic, version: number, validateOnly: boolean, broker: BrokerState): AnsweredTopic {
  const { name, assignments } = asked;
  const configs = new Map(asked.configs.map((config) => [config.name, config.value ?? ""]));
  const partitions =
    assignments.length > 0 ? assignments.length : asked.numPartitions === -1 ? broker.settings.defaultPartitions : asked.numPartitions;
  const replicas = replicasOf(assignments);
  const asksFor = asked.replicationFactor === -1 ? broker.settings.defaultReplicationFactor : asked.replicationFactor;
  const replicationFactor = replicas[0]?.length ?? asksFor;
  const created = validateOnly ? undefined : broker.topics.create({ name, partitions, configs, replicas, replicationFactor });
  if (version < 5) return { name, errorMessage: null };
  return {
    name,
    errorMessage: null,
    // Kafka gives an id even to a topic that it does not make.
    ...(version >= 7 && { topicId: created?.id ?? randomUuid(broker.random) }),
    numPartitions: partitions,
    replicationFactor,
    configs: describeTopicConfigs(configs, broker.configs).map(({ name: config, value, source }) => ({
      name: config,
      value,
      configSource: source,
    })),
  };
}

function failed(name: string, [error, errorMessage]: Problem): AnsweredTopic {
  return { name, errorCode: errorCodes[error], errorMessage, configs: [] };
}
