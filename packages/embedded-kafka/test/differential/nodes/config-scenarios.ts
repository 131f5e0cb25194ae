import type { Connection } from "../connection.ts";
import { nodeIds } from "./node-ground.ts";
import type { NodesScenario, NodesStage } from "./nodes-scenario.ts";

const [brokerResource, brokerLoggerResource] = [4, 8];
const config = "producer.id.expiration.ms";
const unknownConfig = "plugin.that.is.not.there";
const [set, remove] = [0, 1];

/** Takes back, at the broker that it is about, what a run may have left of the configs that are changed here. */
async function takeBack(stage: NodesStage, config: string): Promise<void> {
  for (const nodeId of nodeIds) {
    const connection = await stage.node(nodeId);
    const configs = [{ name: config, configOperation: remove, value: null }];
    const resources = [{ resourceType: brokerResource, resourceName: `${nodeId}`, configs }];
    await connection.call("IncrementalAlterConfigs", 1, { resources, validateOnly: false });
    await describedAs(stage, connection, `${nodeId}`, config, (found) => found === undefined || found.configSource === 5);
  }
}

async function describe(connection: Connection, resourceName: string, name: string) {
  const resources = [{ resourceType: brokerResource, resourceName, configurationKeys: [name] }];
  const { results } = await connection.call("DescribeConfigs", 4, { resources, includeSynonyms: true });
  return results[0]?.configs[0];
}

type Described = Awaited<ReturnType<typeof describe>>;

function describedAs(stage: NodesStage, connection: Connection, resourceName: string, name: string, wanted: (found: Described) => boolean) {
  return stage.until(`${name} of broker ${resourceName}`, () => describe(connection, resourceName, name), wanted);
}

export const nodesConfigScenarios: readonly NodesScenario[] = [
  {
    name: "a broker answers for its own configs and for those of all brokers, and for no other broker's",
    shows: ["INVALID_REQUEST", '"resourceName":"2"'],
    async run(stage) {
      for (const [resourceType, names] of [
        [brokerResource, ["1", "2", "4711", "two", ""]],
        [brokerLoggerResource, ["1", ""]],
      ] as const) {
        for (const resourceName of names) {
          const what = `type ${resourceType}, "${resourceName}"`;
          const described = { resourceType, resourceName, configurationKeys: ["log.dir"] };
          for (const version of [1, 4]) await stage.askNode(2, `describe ${what}`, "DescribeConfigs", version, { resources: [described] });
          const configs = [{ name: "log.cleaner.backoff.ms", value: "15000" }];
          for (let version = 0; version <= 2; version++) {
            // Of all brokers there is one config that Apache Kafka does not let go.
            if (resourceName === "") continue;
            const resources = [{ resourceType, resourceName, configs }];
            await stage.askNode(2, `alter ${what}`, "AlterConfigs", version, { resources, validateOnly: true });
          }
          for (let version = 0; version <= 1; version++) {
            const resources = [{ resourceType, resourceName, configs: configs.map((each) => ({ ...each, configOperation: set })) }];
            await stage.askNode(2, `change ${what}`, "IncrementalAlterConfigs", version, { resources, validateOnly: true });
          }
        }
      }
    },
  },
  {
    name: "what is changed for one of several brokers is that broker's own",
    shows: ['"value":"86400007"', '"configSource":2', '"value":null'],
    async run(stage) {
      for (const name of [config, unknownConfig]) await takeBack(stage, name);
      const [second, third] = [await stage.node(2), await stage.node(3)];
      const changes = [
        { name: config, configOperation: set, value: "86400007" },
        { name: unknownConfig, configOperation: set, value: "anything" },
      ];
      const resources = [{ resourceType: brokerResource, resourceName: "2", configs: changes }];
      await stage.askNode(2, "change", "IncrementalAlterConfigs", 1, { resources, validateOnly: false });
      await describedAs(stage, second, "2", config, (found) => found?.value === "86400007");
      for (const name of [config, unknownConfig]) {
        stage.record(`${name} of the changed broker`, { config: await describe(second, "2", name) });
        stage.record(`${name} of another broker`, { config: await describe(third, "3", name) });
        stage.record(`${name} of all brokers`, { config: await describe(third, "", name) });
      }
      for (const name of [config, unknownConfig]) await takeBack(stage, name);
      stage.record("taken back", { config: await describe(second, "2", config) });
    },
  },
];
