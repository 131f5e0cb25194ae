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
    name: "the quorum is told in every version, with the time that its leader has",
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", '"time":"now"', '"leads":true'],
    async run(stage) {
      const metadata = { topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] };
      for (const version of [0, 1, 2]) {
        // How many vote, and how long the log is, is the cluster's own affair.
        const { topics, nodes, ...answer } = await stage.main.call("DescribeQuorum", version, { topics: [metadata] });
        for (const { topicName, partitions } of topics) {
          for (const { currentVoters, observers, leaderId, leaderEpoch, highWatermark, ...partition } of partitions) {
            const leader = currentVoters.find(({ replicaId }) => replicaId === leaderId);
            const time = leader?.lastCaughtUpTimestamp ?? 0;
            stage.record(`the quorum v${version}`, {
              ...answer,
              ...partition,
              topicName,
              leads: leader !== undefined && observers.every(({ replicaId }) => replicaId !== leaderId),
              counts: leaderEpoch > 0 && highWatermark >= 0,
              time: Math.abs(time - Date.now()) < 60_000 ? "now" : time,
              isFetchTime: leader?.lastFetchTimestamp === time,
              isLocated: nodes.length === (version < 2 ? 0 : currentVoters.length),
            });
          }
        }
        const ask = (label: string, asked: readonly { readonly topicName: string; readonly partitions: readonly number[] }[]) =>
          stage.ask(label, "DescribeQuorum", version, {
            topics: asked.map(({ topicName, partitions }) => ({
              topicName,
              partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
            })),
          });
        await ask("of another topic", [{ topicName: "orders", partitions: [0, 1] }]);
        await ask("of another partition", [{ topicName: metadata.topicName, partitions: [1] }]);
        await ask("of two partitions", [{ topicName: metadata.topicName, partitions: [0, 1] }]);
        await ask("of another topic too", [
          { topicName: metadata.topicName, partitions: [0] },
          { topicName: "orders", partitions: [0] },
        ]);
        await ask("of no partition", [{ topicName: metadata.topicName, partitions: [] }]);
        await ask("of nothing", []);
      }
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
