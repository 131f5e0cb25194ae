import type { ErrorName } from "@millrace/protocol";
import type { Topic } from "../topics/topic.ts";
import { configOperations } from "../topics/topic-config.ts";
import { type ConfigChange, changeTopicConfigs } from "../topics/topic-config-change.ts";
import { topicNameProblem } from "../topics/topic-name.ts";
import { changeBrokerConfigs } from "./broker-config-change.ts";
import { allBrokers, brokerIdOf, isOwnResource } from "./broker-configs.ts";
import type { BrokerState } from "./broker-state.ts";

/** Numbers that the protocol gives to what has configs. */
const configResources = { topic: 2, broker: 4 } as const;

/** Something whose configs are to be changed. */
export interface ChangedResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly { readonly name: string; readonly value: string | null; readonly configOperation?: number }[];
}

/** Answer to one resource. */
export interface ChangedResourceAnswer {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly errorCode: ErrorName;
  readonly errorMessage: string | null;
}

type Problem = readonly [ErrorName, string | null];

/** What a request makes of configs. */
export interface ConfigRequest {
  readonly validateOnly: boolean;
  /** The broker that was asked, if any. */
  readonly nodeId: number | undefined;
  /** The configs from which it begins, given those that there are. */
  readonly from: (own: ReadonlyMap<string, string>) => ReadonlyMap<string, string>;
}

/** Changes the configs of every resource, each for itself. With `validateOnly` it only says whether it could. */
export function changeResources(
  resources: readonly ChangedResource[],
  request: ConfigRequest,
  broker: BrokerState,
): ChangedResourceAnswer[] {
  return resources.map((resource) => {
    const { resourceType, resourceName } = resource;
    const same = resources.filter((other) => other.resourceType === resourceType && other.resourceName === resourceName);
    const [errorCode, errorMessage]: Problem =
      same.length > 1
        ? ["INVALID_REQUEST", "Each resource must appear at most once."]
        : (requestProblem(resource) ?? changeOne(resource, request, broker));
    return { resourceType, resourceName, errorCode, errorMessage };
  });
}

function requestProblem({ configs }: ChangedResource): Problem | undefined {
  const names = configs.map(({ name }) => name);
  if (new Set(names).size < names.length) return ["INVALID_REQUEST", "A config must appear at most once for each resource."];
  const empty = configs.filter(({ value, configOperation }) => value === null && configOperation !== configOperations.delete);
  return empty.length === 0 ? undefined : ["INVALID_REQUEST", `A value is needed for ${empty.map(({ name }) => name).join(", ")}`];
}

function changeOne(resource: ChangedResource, request: ConfigRequest, broker: BrokerState): Problem {
  const { resourceType, resourceName } = resource;
  if (resourceType === configResources.broker) return changeBroker(resource, request, broker);
  if (resourceType !== configResources.topic) return ["INVALID_REQUEST", `Resources of type ${resourceType} have no configs here.`];
  if (resourceName === "") return ["INVALID_REQUEST", "Configs cannot be set for all topics at once."];
  const nameProblem = topicNameProblem(resourceName);
  if (nameProblem !== undefined) return ["INVALID_TOPIC_EXCEPTION", nameProblem];
  const topic: Topic | undefined = broker.topics.named(resourceName);
  const changed = changeTopicConfigs(request.from(topic?.configs ?? new Map()), broker.topics.defaultConfigs, changesOf(resource));
  if ("error" in changed) return [changed.error, changed.message];
  if (topic === undefined) return ["UNKNOWN_TOPIC_OR_PARTITION", `The topic '${resourceName}' does not exist.`];
  if (!request.validateOnly) topic.configs = changed.configs;
  return ["NONE", null];
}

function changeBroker(resource: ChangedResource, { validateOnly, from, nodeId }: ConfigRequest, broker: BrokerState): Problem {
  const { resourceName } = resource;
  if (resourceName !== allBrokers && !broker.nodes.has(brokerIdOf(resourceName)))
    return ["INVALID_REQUEST", `There is no broker with id ${resourceName} here.`];
  if (resourceName !== allBrokers && !isOwnResource(resourceName, nodeId))
    return ["INVALID_REQUEST", `Configs of broker ${resourceName} are changed by itself, not by broker ${nodeId}.`];
  const target = resourceName === allBrokers ? allBrokers : `${brokerIdOf(resourceName)}`;
  const own = broker.configs.changed(target);
  const changed = changeBrokerConfigs(from(own), (name) => own.get(name) ?? broker.configs.value(name), changesOf(resource));
  if ("error" in changed) return [changed.error, changed.message];
  if (validateOnly) return ["NONE", null];
  broker.configs.change(target, changed.configs);
  for (const topic of broker.topics.all()) for (const partition of topic.partitions) partition.reviewCommitted();
  return ["NONE", null];
}

function changesOf({ configs }: ChangedResource): ConfigChange[] {
  return configs.map(({ name, value, configOperation = configOperations.set }) => ({ name, value, configOperation }));
}
