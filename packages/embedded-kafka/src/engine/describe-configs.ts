import { type ErrorName, errorCodes, type RequestTypes } from "@millrace/protocol";
import { configTypes } from "../topics/topic-config.ts";
import { topicNameProblem } from "../topics/topic-name.ts";
import { type ApiRegistration, type ResponseBody, serve } from "./api-registration.ts";
import type { BrokerState } from "./broker-state.ts";
import { configSources, type DescribedConfig, describeTopicConfigs } from "./config-description.ts";

type AskedResource = RequestTypes["DescribeConfigs"]["resources"][number];
type DescribedResource = NonNullable<ResponseBody<"DescribeConfigs">["results"]>[number];

const topicResource = 2;
const brokerResource = 4;

/** The configs of topics and of the broker. */
export const describeConfigs: ApiRegistration = serve("DescribeConfigs", {
  handle({ version, body }, broker) {
    return {
      results: body.resources.map((asked): DescribedResource => {
        const { resourceType, resourceName, configurationKeys } = asked;
        const found = configsOf(asked, broker);
        if (!Array.isArray(found)) {
          return { resourceType, resourceName, errorCode: errorCodes[found.error], errorMessage: found.message };
        }
        const wanted = configurationKeys === null || configurationKeys.length === 0 ? undefined : new Set(configurationKeys);
        const configs = found.filter(({ name }) => wanted?.has(name) ?? true);
        return {
          resourceType,
          resourceName,
          errorMessage: "",
          configs: configs.map(({ name, value, source, type, synonyms }) => ({
            name,
            value,
            // Settings of the broker are given when it starts.
            readOnly: resourceType === brokerResource,
            configSource: source,
            synonyms: body.includeSynonyms ? synonyms : [],
            ...(version >= 3 && { configType: type, documentation: null }),
          })),
        };
      }),
    };
  },
});

function configsOf(
  { resourceType, resourceName }: AskedResource,
  broker: BrokerState,
): DescribedConfig[] | { readonly error: ErrorName; readonly message: string } {
  if (resourceType === topicResource) {
    const problem = topicNameProblem(resourceName);
    if (problem !== undefined) return { error: "INVALID_TOPIC_EXCEPTION", message: problem };
    const topic = broker.topics.named(resourceName);
    if (topic === undefined) return { error: "UNKNOWN_TOPIC_OR_PARTITION", message: "" };
    return describeTopicConfigs(topic.configs, broker.topics.defaultConfigs);
  }
  if (resourceType === brokerResource) {
    // An empty name asks for the defaults of all brokers, of which none are set.
    if (resourceName === "") return [];
    if (broker.nodes.has(Number(resourceName))) return brokerConfigs(Number(resourceName), broker);
    return { error: "INVALID_REQUEST", message: `there is no broker with id ${resourceName}` };
  }
  return { error: "INVALID_REQUEST", message: `configs of resource type ${resourceType} are not served` };
}

function brokerConfigs(id: number, { settings }: BrokerState): DescribedConfig[] {
  const { boolean, int, long } = configTypes;
  const values: readonly (readonly [name: string, value: number | boolean, type: number])[] = [
    ["auto.create.topics.enable", settings.autoCreateTopics, boolean],
    ["broker.id", id, int],
    ["default.replication.factor", settings.defaultReplicationFactor, int],
    ["fetch.max.bytes", settings.fetchMaxBytes, int],
    ["group.initial.rebalance.delay.ms", settings.initialRebalanceDelayMs, int],
    ["group.max.session.timeout.ms", settings.maxSessionTimeoutMs, int],
    ["group.max.size", settings.maxSize, int],
    ["group.min.session.timeout.ms", settings.minSessionTimeoutMs, int],
    ["message.max.bytes", settings.maxMessageBytes, int],
    ["num.partitions", settings.defaultPartitions, int],
    ["offset.metadata.max.bytes", settings.offsetMetadataMaxBytes, int],
    ["offsets.retention.check.interval.ms", settings.offsetsCheckIntervalMs, long],
    ["offsets.retention.minutes", Math.round(settings.offsetsRetentionMs / 60_000), int],
    ["producer.id.expiration.ms", settings.producerExpirationMs, int],
  ];
  return values.map(([name, value, type]) => {
    const own = { name, value: String(value), source: configSources.staticBroker };
    return { ...own, type, synonyms: [own] };
  });
}
