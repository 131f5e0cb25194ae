import type { ErrorName } from "@millrace/protocol";
import type { Topic } from "../topics/topic.ts";
import type { ChangedConfigs } from "../topics/topic-config-change.ts";
import { topicNameProblem } from "../topics/topic-name.ts";
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

const deleteOperation = 1;

/**
 * Changes the configs of every resource, each for itself; `change` makes a topic's new configs from its old ones. With `validateOnly` it only
 * says whether it could.
 */
export function changeResources(
  resources: readonly ChangedResource[],
  validateOnly: boolean,
  broker: BrokerState,
  change: (own: ReadonlyMap<string, string>, resource: ChangedResource) => ChangedConfigs,
): ChangedResourceAnswer[] {
  return resources.map((resource) => {
    const { resourceType, resourceName } = resource;
    const same = resources.filter((other) => other.resourceType === resourceType && other.resourceName === resourceName);
    const [errorCode, errorMessage]: Problem =
      same.length > 1
        ? ["INVALID_REQUEST", "Each resource must appear at most once."]
        : (requestProblem(resource) ?? changeOne(resource, validateOnly, broker, change));
    return { resourceType, resourceName, errorCode, errorMessage };
  });
}

function requestProblem({ configs }: ChangedResource): Problem | undefined {
  const names = configs.map(({ name }) => name);
  if (new Set(names).size < names.length) return ["INVALID_REQUEST", "A config must appear at most once for each resource."];
  const empty = configs.filter(({ value, configOperation }) => value === null && configOperation !== deleteOperation);
  return empty.length === 0 ? undefined : ["INVALID_REQUEST", `A value is needed for ${empty.map(({ name }) => name).join(", ")}`];
}

function changeOne(
  resource: ChangedResource,
  validateOnly: boolean,
  broker: BrokerState,
  change: (own: ReadonlyMap<string, string>, resource: ChangedResource) => ChangedConfigs,
): Problem {
  const { resourceType, resourceName } = resource;
  if (resourceType === configResources.broker) return ["INVALID_REQUEST", brokerProblem(resourceName, broker)];
  if (resourceType !== configResources.topic) return ["INVALID_REQUEST", `Resources of type ${resourceType} have no configs here.`];
  if (resourceName === "") return ["INVALID_REQUEST", "Configs cannot be set for all topics at once."];
  const nameProblem = topicNameProblem(resourceName);
  if (nameProblem !== undefined) return ["INVALID_TOPIC_EXCEPTION", nameProblem];
  const topic: Topic | undefined = broker.topics.named(resourceName);
  const changed = change(topic?.configs ?? new Map(), resource);
  if ("error" in changed) return [changed.error, changed.message];
  if (topic === undefined) return ["UNKNOWN_TOPIC_OR_PARTITION", `The topic '${resourceName}' does not exist.`];
  if (!validateOnly) topic.configs = changed.configs;
  return ["NONE", null];
}

function brokerProblem(name: string, { nodes }: BrokerState): string {
  if (name === "" || nodes.has(Number(name))) return "The settings of the embedded broker are given when it starts and cannot be changed.";
  return `There is no broker with id ${name} here.`;
}
