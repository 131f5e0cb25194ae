import { type ErrorName, errorCodes, type RequestTypes } from "@millrace/protocol";
import { topicNameProblem } from "../topics/topic-name.ts";
import { type ApiRegistration, type ResponseBody, serve } from "./api-registration.ts";
import { startedWith } from "./broker-config-table.ts";
import { allBrokers, brokerIdOf, isOwnResource } from "./broker-configs.ts";
import type { BrokerState } from "./broker-state.ts";
import { type DescribedConfig, describeAllBrokers, describeBrokerConfigs, describeTopicConfigs } from "./config-description.ts";

type AskedResource = RequestTypes["DescribeConfigs"]["resources"][number];
type DescribedResource = NonNullable<ResponseBody<"DescribeConfigs">["results"]>[number];

const topicResource = 2;
const brokerResource = 4;

/** The configs of topics and of the broker. */
export const describeConfigs: ApiRegistration = serve("DescribeConfigs", {
  handle({ version, body, nodeId }, broker) {
    return {
      results: body.resources.map((asked): DescribedResource => {
        const { resourceType, resourceName, configurationKeys } = asked;
        const found = configsOf(asked, nodeId, broker);
        if (!Array.isArray(found)) {
          return { resourceType, resourceName, errorCode: errorCodes[found.error], errorMessage: found.message };
        }
        const wanted = configurationKeys === null || configurationKeys.length === 0 ? undefined : new Set(configurationKeys);
        const configs = found.filter(({ name }) => wanted?.has(name) ?? true);
        return {
          resourceType,
          resourceName,
          errorMessage: "",
          configs: configs.map(({ name, value, source, type, readOnly, isSensitive = false, synonyms }) => ({
            name,
            value,
            readOnly,
            isSensitive,
            configSource: source,
            synonyms: body.includeSynonyms ? [...synonyms] : [],
            ...(version >= 3 && {
              configType: type,
              documentation: body.includeDocumentation ? documentationOf(name, resourceType) : null,
            }),
          })),
        };
      }),
    };
  },
});

/** Where Kafka's own text is. */
function documentationOf(name: string, resourceType: number): string {
  const kind = resourceType === topicResource ? "topic" : "broker";
  return `See https://kafka.apache.org/documentation/#${kind}configs_${name}`;
}

function configsOf(
  { resourceType, resourceName }: AskedResource,
  nodeId: number | undefined,
  broker: BrokerState,
): DescribedConfig[] | { readonly error: ErrorName; readonly message: string } {
  if (resourceType === topicResource) {
    const problem = topicNameProblem(resourceName);
    if (problem !== undefined) return { error: "INVALID_TOPIC_EXCEPTION", message: problem };
    const topic = broker.topics.named(resourceName);
    if (topic === undefined) return { error: "UNKNOWN_TOPIC_OR_PARTITION", message: "" };
    return describeTopicConfigs(topic.configs, broker.configs);
  }
  if (resourceType === brokerResource) {
    if (resourceName === allBrokers) return describeAllBrokers(broker.configs);
    if (!isOwnResource(resourceName, nodeId)) return { error: "INVALID_REQUEST", message: `broker ${nodeId} is not ${resourceName}` };
    const node = broker.nodes.get(brokerIdOf(resourceName));
    if (node !== undefined) return describeBrokerConfigs(node.id, startedWith(node, broker.settings), broker.configs);
    return { error: "INVALID_REQUEST", message: `there is no broker with id ${resourceName}` };
  }
  return { error: "INVALID_REQUEST", message: `configs of resource type ${resourceType} are not served` };
}
