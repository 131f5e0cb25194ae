import type { Scenario, Stage } from "../scenario.ts";

const brokerResource = 4;
const [set, remove, append, subtract] = [0, 1, 2, 3] as const;
const allBrokers = "";
const thisBroker = "1";

type Change = readonly [name: string, operation: number, value: string | null];

function change(stage: Stage, label: string, resourceName: string, changes: readonly Change[], validateOnly: boolean) {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
  return stage.ask(`${label}, broker "${resourceName}"`, "IncrementalAlterConfigs", 1, {
    resources: [{ resourceType: brokerResource, resourceName, configs }],
    validateOnly,
  });
}

/** Waits until a broker goes by a value, and records how it describes it. */
async function becomes(stage: Stage, resourceName: string, config: string, value: string | undefined): Promise<void> {
  const { results } = await stage.until(
    `${config}=${value} of broker "${resourceName}"`,
    () =>
      stage.main.call("DescribeConfigs", 4, {
        resources: [{ resourceType: brokerResource, resourceName, configurationKeys: [config] }],
        includeSynonyms: true,
      }),
    (answer) => answer.results[0]?.configs.find(({ name }) => name === config)?.value === value,
  );
  stage.record(`${config} of broker "${resourceName}" is ${value}`, { config: results[0]?.configs });
}

export const brokerConfigScenarios: readonly Scenario[] = [
  {
    name: "changes of brokers' configs are checked: which can be changed, and to what",
    cases: [22],
    shows: ["INVALID_REQUEST", "INVALID_CONFIG"],
    async run(stage) {
      // Nothing is changed: all scenarios share one Apache Kafka.
      const checks: readonly (readonly [string, readonly Change[]])[] = [
        ["a size", [["message.max.bytes", set, "2000000"]]],
        ["a negative size", [["message.max.bytes", set, "-1"]]],
        ["a size that is none", [["message.max.bytes", set, "many"]]],
        ["null", [["message.max.bytes", set, null]]],
        ["no operation that there is", [["message.max.bytes", 7, "1"]]],
        ["a time", [["log.retention.ms", set, "1000"]]],
        ["a time that is none", [["log.retention.ms", set, "soon"]]],
        ["take back what was not set", [["log.retention.ms", remove, null]]],
        ["append to a number", [["log.retention.ms", append, "5"]]],
        ["a pause between compactions", [["log.cleaner.backoff.ms", set, "20000"]]],
        ["a pause of less than nothing", [["log.cleaner.backoff.ms", set, "-1"]]],
        ["where it is found", [["advertised.listeners", set, "PLAINTEXT://127.0.0.1:1"]]],
        ["a time of rolling", [["log.roll.ms", set, "0"]]],
        ["a list", [["log.cleanup.policy", set, "compact,delete"]]],
        ["a list of what there is not", [["log.cleanup.policy", set, "burn"]]],
        ["append to a list", [["log.cleanup.policy", append, "compact"]]],
        ["subtract from a list", [["log.cleanup.policy", subtract, "compact"]]],
        ["a choice", [["log.message.timestamp.type", set, "LogAppendTime"]]],
        ["no choice that there is", [["log.message.timestamp.type", set, "Never"]]],
        ["a switch", [["unclean.leader.election.enable", set, "maybe"]]],
        ["a share", [["log.cleaner.min.cleanable.ratio", set, "1.5"]]],
        ["no time at all for producers", [["producer.id.expiration.ms", set, "0"]]],
        ["what only the start decides on", [["auto.create.topics.enable", set, "false"]]],
        ["take back what only the start decides on", [["auto.create.topics.enable", remove, null]]],
        ["how many partitions", [["num.partitions", set, "3"]]],
        ["which broker", [["broker.id", set, "3"]]],
        ["sizes of sessions", [["group.max.session.timeout.ms", set, "3"]]],
        ["a config of topics", [["retention.ms", set, "1000"]]],
        ["an unknown one", [["no.such.config", set, "1"]]],
        ["take back an unknown one", [["no.such.config", remove, null]]],
        ["append to an unknown one", [["no.such.config", append, "1"]]],
        [
          "one that can be changed, one that cannot",
          [
            ["message.max.bytes", set, "2000000"],
            ["num.partitions", set, "2"],
          ],
        ],
        [
          "one twice",
          [
            ["message.max.bytes", set, "1"],
            ["message.max.bytes", set, "2"],
          ],
        ],
        ["nothing", []],
      ];
      for (const [label, changes] of checks) {
        for (const resourceName of [thisBroker, allBrokers]) await change(stage, label, resourceName, changes, true);
        if (changes.some(([, operation]) => operation !== set)) continue;
        await stage.ask(`${label}, all others taken back`, "AlterConfigs", 2, {
          resources: [
            { resourceType: brokerResource, resourceName: thisBroker, configs: changes.map(([name, , value]) => ({ name, value })) },
          ],
          validateOnly: true,
        });
      }
      for (const resourceName of ["4711", "one", "-1", "1.0"])
        await change(stage, "a size", resourceName, [["message.max.bytes", set, "1"]], true);
    },
  },
  {
    name: "configs of brokers and topics say where they come from, and document themselves when asked to",
    cases: [22],
    shows: ['"name":"advertised.listeners"', '"documented":true'],
    async run(stage) {
      const { name: resourceName } = await stage.topic("documented");
      const names = ["advertised.listeners", "broker.rack", "log.cleaner.backoff.ms", "log.dir", "node.id"];
      for (const version of [1, 3, 4]) {
        for (const includeDocumentation of version >= 3 ? [false, true] : [false]) {
          const { results } = await stage.main.call("DescribeConfigs", version, {
            resources: [
              { resourceType: brokerResource, resourceName: thisBroker, configurationKeys: names },
              { resourceType: 2, resourceName, configurationKeys: ["retention.ms"] },
            ],
            ...(version >= 3 && { includeDocumentation }),
          });
          const configs = results.flatMap((result) => result.configs);
          stage.record(
            `v${version}, documented ${includeDocumentation}`,
            configs
              .map(({ name, readOnly, configSource, configType, documentation }) => ({
                name,
                readOnly,
                configSource,
                configType,
                documented: (documentation ?? "") !== "",
              }))
              .toSorted((left, right) => (left.name < right.name ? -1 : 1)),
          );
        }
      }
    },
  },
  {
    name: "a broker's config is set for one broker and for all, described with both, and taken back",
    cases: [22],
    shows: ['"configSource":2', '"configSource":3', '"configSource":5'],
    async run(stage) {
      // One that no other scenario sees anything of.
      const config = "producer.id.expiration.ms";
      const takeBack = () =>
        stage.main.call("IncrementalAlterConfigs", 1, {
          resources: [thisBroker, allBrokers].map((resourceName) => ({
            resourceType: brokerResource,
            resourceName,
            configs: [{ name: config, configOperation: remove, value: null }],
          })),
          validateOnly: false,
        });
      await takeBack();
      await becomes(stage, thisBroker, config, "86400000");
      await change(stage, "set for all", allBrokers, [[config, set, "86400001"]], false);
      await becomes(stage, thisBroker, config, "86400001");
      await becomes(stage, allBrokers, config, "86400001");
      await change(stage, "set for one", thisBroker, [[config, set, "86400002"]], false);
      await becomes(stage, thisBroker, config, "86400002");
      await becomes(stage, allBrokers, config, "86400001");
      await change(stage, "only validated", thisBroker, [[config, set, "86400003"]], true);
      await change(
        stage,
        "a bad one beside",
        thisBroker,
        [
          [config, set, "86400004"],
          ["num.partitions", set, "2"],
        ],
        false,
      );
      await stage.settle();
      await becomes(stage, thisBroker, config, "86400002");
      await takeBack();
      await becomes(stage, allBrokers, config, undefined);
      await becomes(stage, thisBroker, config, "86400000");
    },
  },
  {
    name: "brokers describe what they were started with, and which of it can be changed",
    cases: [22],
    shows: ['"readOnly":true', '"readOnly":false', '"value":null'],
    async run(stage) {
      // Those that the compared Apache Kafka was not given other values for.
      const configurationKeys = [
        "compression.type",
        "fetch.max.bytes",
        "group.max.session.timeout.ms",
        "log.cleaner.delete.retention.ms",
        "log.cleaner.min.cleanable.ratio",
        "log.cleanup.policy",
        "log.flush.interval.ms",
        "log.message.timestamp.type",
        "log.retention.bytes",
        "log.retention.ms",
        "log.roll.jitter.ms",
        "log.roll.ms",
        "log.segment.bytes",
        "message.max.bytes",
        "max.connections",
        "node.id",
        "no.such.config",
        "num.io.threads",
        "num.network.threads",
        "num.replica.fetchers",
        "offset.metadata.max.bytes",
        "offsets.retention.check.interval.ms",
        "offsets.retention.minutes",
        "transaction.max.timeout.ms",
        "transactional.id.expiration.ms",
        "unclean.leader.election.enable",
      ];
      for (const version of [1, 4]) {
        for (const includeSynonyms of [false, true]) {
          const { results } = await stage.main.call("DescribeConfigs", version, {
            resources: [{ resourceType: brokerResource, resourceName: thisBroker, configurationKeys }],
            includeSynonyms,
          });
          for (const { name, ...described } of results[0]!.configs.toSorted((left, right) => (left.name < right.name ? -1 : 1)))
            stage.record(`${name} v${version}, synonyms ${includeSynonyms}`, described);
        }
      }
    },
  },
];
