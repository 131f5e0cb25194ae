import type { Scenario } from "../scenario.ts";

const topicResource = 2;
const brokerResource = 4;

export const clusterScenarios: readonly Scenario[] = [
  {
    name: "the cluster is described in every version",
    cases: [3, 26],
    shows: ["MISMATCHED_ENDPOINT_TYPE", "controllerId"],
    async run(stage) {
      for (const version of [0, 1, 2]) {
        for (const includeClusterAuthorizedOperations of [false, true]) {
          await stage.ask(`operations ${includeClusterAuthorizedOperations}`, "DescribeCluster", version, {
            includeClusterAuthorizedOperations,
          });
        }
        if (version === 0) continue;
        for (const endpointType of [0, 2, 3])
          await stage.ask(`endpoints of type ${endpointType}`, "DescribeCluster", version, { endpointType });
      }
      await stage.ask("fenced brokers too", "DescribeCluster", 2, { includeFencedBrokers: true });
    },
  },
  {
    name: "coordinators are found in every version",
    cases: [3, 26],
    shows: ["INVALID_REQUEST", '"coordinators":[]'],
    async run(stage) {
      const group = await stage.group("sought");
      for (let version = 0; version <= 6; version++) {
        const find = (label: string, keyType: number, keys: readonly string[]) =>
          stage.ask(label, "FindCoordinator", version, {
            ...(version >= 1 && { keyType }),
            ...(version >= 4 ? { coordinatorKeys: keys } : { key: keys[0] ?? "" }),
          });
        await find("of a group", 0, [group]);
        await find("of the empty group", 0, [""]);
        if (version >= 1) {
          await find("of a bad type", 7, [group]);
          await find("of a negative type", -1, [group]);
        }
        if (version >= 4) {
          await find("of two groups", 0, [group, stage.name("other")]);
          await find("of one group twice", 0, [group, group]);
          await find("of none", 0, []);
        }
      }
    },
  },
  {
    name: "all configs of a topic, with where they come from",
    cases: [22],
    shows: ["cleanup.policy", '"configSource":1', '"synonyms":[{'],
    async run(stage) {
      const { name } = await stage.topic("configured", { configs: { "retention.ms": "123456789", "cleanup.policy": "compact,delete" } });
      for (const version of [1, 2, 3, 4]) {
        for (const includeSynonyms of [false, true]) {
          const { results } = await stage.main.call("DescribeConfigs", version, {
            resources: [{ resourceType: topicResource, resourceName: name, configurationKeys: null }],
            includeSynonyms,
            ...(version >= 3 && { includeDocumentation: false }),
          });
          const { configs, ...resource } = results[0]!;
          stage.record(`synonyms ${includeSynonyms} v${version}`, resource);
          for (const config of configs.toSorted((left, right) => (left.name < right.name ? -1 : 1)))
            stage.record(`${config.name} v${version}`, { configs: [config] });
        }
      }
    },
  },
  {
    name: "configs of what is not there, and only some configs",
    cases: [22],
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", "INVALID_TOPIC_EXCEPTION", "INVALID_REQUEST"],
    async run(stage) {
      const { name } = await stage.topic("some-configs");
      for (const version of [1, 4]) {
        const describe = (label: string, resourceType: number, resourceName: string, configurationKeys: readonly string[] | null) =>
          stage.ask(label, "DescribeConfigs", version, { resources: [{ resourceType, resourceName, configurationKeys }] });
        await describe("an unknown topic", topicResource, stage.name("absent"), null);
        await describe("a name no topic can have", topicResource, "a b", null);
        await describe("the empty name", topicResource, "", null);
        await describe("a type that is none", 77, name, null);
        await describe("type 0", 0, name, null);
        await describe("type 3", 3, name, null);
        await describe("a broker that is not there", brokerResource, "77", []);
        await describe("a broker with a name", brokerResource, "one", ["message.max.bytes"]);
        await describe("two configs and one that is none", topicResource, name, ["retention.ms", "no.such.config", "cleanup.policy"]);
        await describe("no configs", topicResource, name, ["no.such.config"]);
        await stage.ask("none", "DescribeConfigs", version, { resources: [] });
        await stage.ask("one topic twice", "DescribeConfigs", version, {
          resources: [1, 2].map(() => ({ resourceType: topicResource, resourceName: name, configurationKeys: ["retention.ms"] })),
        });
      }
    },
  },
];
