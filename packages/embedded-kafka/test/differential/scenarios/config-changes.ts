import { batchOf, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage } from "../scenario.ts";

const topicResource = 2;
const brokerResource = 4;
const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

type Change = readonly [name: string, operation: number, value: string | null];

function change(stage: Stage, label: string, version: number, resourceName: string, changes: readonly Change[], validateOnly = false) {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
  return stage.ask(label, "IncrementalAlterConfigs", version, {
    resources: [{ resourceType: topicResource, resourceName, configs }],
    validateOnly,
  });
}

/** The resource that a request names, by the protocol's number of its type. */
type Resource = readonly [resourceType: number, resourceName: string];

/** Waits until the broker goes by a value, and records how it describes it. */
async function becomes(stage: Stage, topic: string, config: string, value: string): Promise<void> {
  const { results } = await stage.until(
    `${config}=${value}`,
    () =>
      stage.main.call("DescribeConfigs", 4, {
        resources: [{ resourceType: topicResource, resourceName: topic, configurationKeys: [config] }],
        includeSynonyms: true,
      }),
    (answer) => answer.results[0]?.configs[0]?.value === value,
  );
  stage.record(`${config} is "${value}"`, { config: results[0]?.configs });
}

export const configChangeScenarios: readonly Scenario[] = [
  {
    name: "configs of a topic are set, appended to, subtracted from and taken back one by one",
    cases: [22],
    shows: ["INVALID_CONFIG", "INVALID_REQUEST", '"value":"compact,delete"'],
    async run(stage) {
      const { set, delete: remove, append, subtract } = operations;
      for (const version of [0, 1]) {
        const { name } = await stage.topic(`incremental-${version}`);
        await change(stage, "set", version, name, [["retention.ms", set, "123456"]]);
        await becomes(stage, name, "retention.ms", "123456");
        await change(stage, "append to a number", version, name, [["retention.ms", append, "1"]]);
        await change(stage, "subtract from a number", version, name, [["retention.ms", subtract, "1"]]);
        await change(stage, "take back", version, name, [["retention.ms", remove, null]]);
        await becomes(stage, name, "retention.ms", "604800000");
        await change(stage, "take back what was not set", version, name, [["retention.ms", remove, "7"]]);
        await change(stage, "subtract what is not in the list", version, name, [["cleanup.policy", subtract, "compact"]]);
        await change(stage, "append to a default", version, name, [["cleanup.policy", append, "compact"]]);
        await stage.until(
          "both policies",
          () => stage.main.call("DescribeConfigs", 1, { resources: [{ resourceType: 2, resourceName: name, configurationKeys: null }] }),
          ({ results }) => results[0]?.configs.some(({ value }) => value?.includes("compact") === true) === true,
        );
        await stage.ask("both policies", "DescribeConfigs", 1, {
          resources: [{ resourceType: topicResource, resourceName: name, configurationKeys: ["cleanup.policy"] }],
        });
        await change(stage, "append what is there", version, name, [["cleanup.policy", append, "compact"]]);
        await change(stage, "append what cannot be", version, name, [["cleanup.policy", append, "burn"]]);
        await change(stage, "subtract", version, name, [["cleanup.policy", subtract, "delete"]]);
        await becomes(stage, name, "cleanup.policy", "compact");
        await change(stage, "set two in the other order", version, name, [["cleanup.policy", set, "compact,delete"]]);
        await becomes(stage, name, "cleanup.policy", "compact,delete");
        await change(stage, "subtract all", version, name, [["cleanup.policy", subtract, "compact,delete"]]);
        await change(stage, "unknown config", version, name, [["no.such.config", set, "1"]]);
        await change(stage, "delete an unknown config", version, name, [["no.such.config", remove, null]]);
        await change(stage, "append to an unknown config", version, name, [["no.such.config", append, "1"]]);
        await change(stage, "no operation that there is", version, name, [["retention.ms", 7, "1"]]);
        await change(stage, "set to null", version, name, [["retention.ms", set, null]]);
        await change(stage, "append null", version, name, [["cleanup.policy", append, null]]);
        await change(stage, "one twice", version, name, [
          ["retention.ms", set, "1000"],
          ["retention.ms", set, "2000"],
        ]);
        await change(stage, "one good, one bad", version, name, [
          ["retention.bytes", set, "1000"],
          ["retention.ms", set, "soon"],
        ]);
        await change(stage, "validated", version, name, [["retention.bytes", set, "77"]], true);
        await change(stage, "validated and bad", version, name, [["retention.bytes", set, "many"]], true);
        await change(stage, "nothing", version, name, []);
        await change(stage, "with white space", version, name, [["segment.bytes", set, " 2000000 "]]);
        for (const config of ["retention.bytes", "retention.ms"]) {
          await stage.ask(`what ${config} is now`, "DescribeConfigs", 4, {
            resources: [{ resourceType: topicResource, resourceName: name, configurationKeys: [config] }],
          });
        }
      }
    },
  },
  {
    name: "configs of resources that are not there or asked for twice are not changed",
    cases: [22],
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", "INVALID_REQUEST"],
    async run(stage) {
      const { name } = await stage.topic("there");
      const absent = stage.name("absent");
      const configs = [{ name: "retention.ms", value: "100000" }];
      const resources: readonly (readonly [string, readonly Resource[]])[] = [
        ["unknown topic", [[topicResource, absent]]],
        ["bad topic name", [[topicResource, "a b"]]],
        ["no topic name", [[topicResource, ""]]],
        [
          "one twice",
          [
            [topicResource, name],
            [topicResource, name],
          ],
        ],
        [
          "one good, one unknown",
          [
            [topicResource, name],
            [topicResource, absent],
          ],
        ],
        ["a type that there is not", [[77, "x"]]],
        ["type 0", [[0, "x"]]],
        ["a broker that is not there", [[brokerResource, "4711"]]],
        ["a broker that is no number", [[brokerResource, "one"]]],
        ["nothing", []],
      ];
      for (const [label, asked] of resources) {
        for (const version of [0, 1]) {
          await stage.ask(label, "IncrementalAlterConfigs", version, {
            resources: asked.map(([resourceType, resourceName]) => ({
              resourceType,
              resourceName,
              configs: configs.map((each) => ({ ...each, configOperation: 0 })),
            })),
            validateOnly: false,
          });
        }
        // Apache Kafka 4.3.1 does not answer an AlterConfigs request that names one resource twice.
        for (const version of label === "one twice" ? [] : [0, 1, 2]) {
          await stage.ask(label, "AlterConfigs", version, {
            resources: asked.map(([resourceType, resourceName]) => ({ resourceType, resourceName, configs })),
            validateOnly: false,
          });
        }
      }
      await stage.ask("no unknown config in an unknown topic", "IncrementalAlterConfigs", 1, {
        resources: [{ resourceType: topicResource, resourceName: absent, configs: [{ name: "no.such", configOperation: 0, value: "1" }] }],
        validateOnly: false,
      });
    },
  },
  {
    name: "AlterConfigs sets what it names and takes back the rest",
    cases: [22],
    shows: ["INVALID_CONFIG", '"value":"604800000"'],
    async run(stage) {
      for (const version of [0, 1, 2]) {
        const { name } = await stage.topic(`replaced-${version}`, { configs: { "retention.ms": "100000" } });
        const replace = (label: string, changes: readonly (readonly [string, string | null])[], validateOnly = false) =>
          stage.ask(label, "AlterConfigs", version, {
            resources: [
              { resourceType: topicResource, resourceName: name, configs: changes.map(([key, value]) => ({ name: key, value })) },
            ],
            validateOnly,
          });
        await replace("validated", [["retention.bytes", "5"]], true);
        await replace("another", [["retention.bytes", "5000"]]);
        await becomes(stage, name, "retention.bytes", "5000");
        await becomes(stage, name, "retention.ms", "604800000");
        await replace("null", [["retention.bytes", null]]);
        await replace("unknown", [["no.such.config", "1"]]);
        await replace("out of range", [["max.message.bytes", "-1"]]);
        await replace("one twice", [
          ["retention.ms", "1000"],
          ["retention.ms", "2000"],
        ]);
        await replace("one good, one bad", [
          ["retention.ms", "1000"],
          ["preallocate", "yes"],
        ]);
        await becomes(stage, name, "retention.bytes", "5000");
        await replace("nothing", []);
        await becomes(stage, name, "retention.bytes", "-1");
      }
    },
  },
  {
    name: "changed configs take effect on the next batch",
    cases: [18, 22],
    shows: ["MESSAGE_TOO_LARGE", '"logAppendTimeMs":"now"'],
    async run(stage) {
      const topic = await stage.topic("effects");
      const records = batchOf(stage.baseTime, ["x".repeat(500)]);
      const produce = (label: string, batch = records) => stage.ask(label, "Produce", 9, produceTo(topic, [{ records: batch }]));
      await produce("before");
      await change(stage, "small batches", 1, topic.name, [["max.message.bytes", 0, "300"]]);
      await becomes(stage, topic.name, "max.message.bytes", "300");
      await stage.until(
        "large batches to be refused",
        () => stage.main.call("Produce", 9, produceTo(topic, [{ records }])),
        ({ responses }) => responses[0]?.partitionResponses[0]?.errorCode !== 0,
      );
      await produce("too large");
      await change(stage, "the broker's time", 1, topic.name, [
        ["max.message.bytes", 1, null],
        ["message.timestamp.type", 0, "LogAppendTime"],
      ]);
      await becomes(stage, topic.name, "message.timestamp.type", "LogAppendTime");
      await stage.until(
        "the broker's time",
        () => stage.main.call("Produce", 9, produceTo(topic, [{ records }])),
        ({ responses }) => (responses[0]?.partitionResponses[0]?.logAppendTimeMs ?? -1) > 0,
      );
      const { responses } = await stage.main.call("Produce", 9, produceTo(topic, [{ records }]));
      const { errorCode, logAppendTimeMs } = responses[0]!.partitionResponses[0]!;
      stage.record("with the broker's time", { errorCode, logAppendTimeMs });
    },
  },
];
