import type { ConfigChange, ConfigDescription, ConfigResource } from "@millrace/kafka";
import { errorCodes, type ResponseTypes } from "@millrace/protocol";
import { brokerError, type ErrorContext } from "../client-error.ts";
import type { Broker } from "../cluster/broker.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type AdminContext, anyBroker } from "./admin-context.ts";
import { askItems } from "./ask-items.ts";

type Entry = ResponseTypes["DescribeConfigs"]["results"][number]["configs"][number];
type Source = ConfigDescription["configs"][number]["source"];

const typeCodes: Readonly<Record<ConfigResource["type"], number>> = {
  topic: 2,
  broker: 4,
  "broker-logger": 8,
  "client-metrics": 16,
  group: 32,
};

/** By Kafka's numbers. */
const sources: readonly Source[] = [
  "unknown",
  "topic",
  "broker",
  "all-brokers",
  "static-broker",
  "default",
  "broker-logger",
  "client-metrics",
  "group",
];

const operations = { set: 0, unset: 1, append: 2, subtract: 3 };

/** What to tell about each config. */
export interface DescribeConfigsDetail {
  readonly names: readonly string[] | undefined;
  readonly includeSynonyms: boolean;
  readonly includeDocumentation: boolean;
}

export async function describeConfigs(
  context: AdminContext,
  resources: readonly ConfigResource[],
  detail: DescribeConfigsDetail,
): Promise<readonly ConfigDescription[]> {
  const configurationKeys = detail.names === undefined ? null : [...detail.names];
  return await askItems(context, {
    what: "Describing configs",
    items: resources,
    route,
    ask: async (broker, asked) => {
      const { includeSynonyms, includeDocumentation } = detail;
      const { body } = await broker.send("DescribeConfigs", (version) => ({
        resources: asked.map(({ type, name }) => ({ resourceType: typeCodes[type], resourceName: name, configurationKeys })),
        includeSynonyms,
        ...(version >= 3 && { includeDocumentation }),
      }));
      return asked.map((resource) => {
        const found = body.results.find(isAbout(resource));
        if (found === undefined || found.errorCode !== errorCodes.NONE) return failed("Describing", resource, found);
        return { value: { type: resource.type, name: resource.name, configs: found.configs.map(describeEntry) } };
      });
    },
  });
}

function describeEntry({ name, value, readOnly, configSource, isSensitive, synonyms, documentation }: Entry) {
  const source = sourceOf(configSource);
  return {
    name,
    value,
    source,
    isDefault: source === "default",
    isSensitive,
    isReadOnly: readOnly,
    synonyms: synonyms.map((synonym) => ({ name: synonym.name, value: synonym.value, source: sourceOf(synonym.source) })),
    documentation: documentation === "" ? null : documentation,
  };
}

const sourceOf = (code: number): Source => sources[code] ?? "unknown";

export async function alterConfigs(context: AdminContext, changes: readonly ConfigChange[], validateOnly: boolean): Promise<void> {
  await askItems(context, {
    what: "Changing configs",
    items: changes,
    route,
    ask: async (broker, asked) => {
      const { body } = await broker.send("IncrementalAlterConfigs", () => ({
        resources: asked.map((change) => ({ resourceType: typeCodes[change.type], resourceName: change.name, configs: steps(change) })),
        validateOnly,
      }));
      return asked.map((resource) => {
        const found = body.responses.find(isAbout(resource));
        if (found === undefined || found.errorCode !== errorCodes.NONE) return failed("Changing", resource, found);
        return { value: undefined };
      });
    },
  });
}

function steps({ set = {}, unset = [], append = {}, subtract = {} }: ConfigChange) {
  const step =
    (configOperation: number) =>
    ([name, value]: readonly [string, string | null]) => ({ name, configOperation, value });
  return [
    ...Object.entries(set).map(step(operations.set)),
    ...unset.map((name) => step(operations.unset)([name, null])),
    ...Object.entries(append).map(step(operations.append)),
    ...Object.entries(subtract).map(step(operations.subtract)),
  ];
}

/** A broker knows its own configs only; all others are known, or passed on, by every broker. */
async function route(cluster: Cluster, { type, name }: ConfigResource): Promise<Broker> {
  const isOneBroker = (type === "broker" || type === "broker-logger") && name !== "";
  const nodeId = Number(name);
  return isOneBroker && cluster.nodeIds().includes(nodeId) ? await cluster.broker(nodeId) : await anyBroker(cluster);
}

function isAbout({ type, name }: ConfigResource) {
  return (answer: { readonly resourceType: number; readonly resourceName: string }): boolean =>
    answer.resourceType === typeCodes[type] && answer.resourceName === name;
}

function failed(
  verb: string,
  { type, name }: ConfigResource,
  found: { readonly errorCode: number; readonly errorMessage: string | null } | undefined,
) {
  const what = `${verb} configs of ${type} "${name}"`;
  const context: ErrorContext = type === "topic" ? { what, topic: name } : type === "group" ? { what, group: name } : { what };
  return { error: brokerError(found?.errorCode ?? errorCodes.UNKNOWN_SERVER_ERROR, context, found?.errorMessage) };
}
