import { zeroUuid } from "@millrace/protocol";
import { batchOf, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage } from "../scenario.ts";

const timeoutMs = 20_000;
const createVersions = [2, 4, 5, 7];
const deleteVersions = [1, 5, 6];

/** Takes away what a scenario may have made, so that the next version starts from the same. */
async function drop(stage: Stage, names: readonly string[]): Promise<void> {
  await stage.main.call("DeleteTopics", 5, { topicNames: [...new Set(names)], timeoutMs });
  await stage.until(
    "the topics to go",
    () => stage.main.call("Metadata", 9, { topics: names.map((name) => ({ name })), allowAutoTopicCreation: false }),
    ({ topics }) => topics.every((topic) => topic.errorCode !== 0),
  );
}

export const topicScenarios: readonly Scenario[] = [
  {
    name: "topics are made in every version, with what they have been made with",
    cases: [3, 23],
    shows: ['"numPartitions":3', "topic-1", "retention.ms"],
    async run(stage) {
      const name = stage.name("made");
      for (let version = 2; version <= 7; version++) {
        await stage.ask("three partitions and a config", "CreateTopics", version, {
          timeoutMs,
          topics: [{ name, numPartitions: 3, replicationFactor: 1, configs: [{ name: "retention.ms", value: "100000" }] }],
        });
        await drop(stage, [name]);
      }
    },
  },
  {
    name: "defaults, names that cannot be, and numbers that cannot be",
    cases: [23],
    shows: ["INVALID_TOPIC_EXCEPTION", "INVALID_PARTITIONS", "INVALID_REPLICATION_FACTOR"],
    async run(stage) {
      const name = stage.name("checked");
      for (const version of createVersions) {
        const create = (
          label: string,
          topic: { readonly name?: string; readonly numPartitions?: number; readonly replicationFactor?: number },
        ) =>
          stage.ask(label, "CreateTopics", version, {
            timeoutMs,
            validateOnly: true,
            topics: [{ name, numPartitions: 1, replicationFactor: 1, ...topic }],
          });
        for (const bad of ["", ".", "..", "a b", "ä", "x".repeat(249), "x".repeat(250), "a/b"]) {
          await create(`"${bad.slice(0, 20)}" of ${bad.length}`, { name: bad });
        }
        for (const numPartitions of [-2, -1, 0, 1, 100]) await create(`${numPartitions} partitions`, { numPartitions });
        for (const replicationFactor of [-2, -1, 0, 1, 2, 100]) await create(`${replicationFactor} replicas`, { replicationFactor });
        await create("defaults", { numPartitions: -1, replicationFactor: -1 });
        await create("both wrong", { numPartitions: 0, replicationFactor: 0 });
        await create("too many replicas and no partitions", { numPartitions: 0, replicationFactor: 9 });
      }
    },
  },
  {
    name: "validateOnly makes nothing",
    cases: [23],
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", '"topicId":"none"'],
    async run(stage) {
      const name = stage.name("validated");
      for (const version of createVersions) {
        await stage.ask("validated", "CreateTopics", version, {
          timeoutMs,
          validateOnly: true,
          topics: [{ name, numPartitions: -1, replicationFactor: 1 }],
        });
        await stage.ask("not there", "Metadata", 12, { topics: [{ name }], allowAutoTopicCreation: false });
      }
    },
  },
  {
    name: "a topic that is there, one whose name collides, and one asked for twice",
    cases: [23],
    shows: ["TOPIC_ALREADY_EXISTS", "INVALID_TOPIC_EXCEPTION", "INVALID_REQUEST"],
    async run(stage) {
      const { name } = await stage.topic("there.with_dots");
      const fresh = stage.name("fresh");
      for (const version of createVersions) {
        const create = (label: string, names: readonly string[]) =>
          stage.ask(label, "CreateTopics", version, {
            timeoutMs,
            topics: names.map((each) => ({ name: each, numPartitions: 1, replicationFactor: 1 })),
          });
        await create("again", [name]);
        await create("colliding", [name.replace(".", "_")]);
        await create("twice in one request", [fresh, fresh]);
        await create("colliding in one request", [`${fresh}.x`, `${fresh}_x`]);
        await drop(stage, [`${fresh}.x`, `${fresh}_x`]);
        await create("none", []);
      }
    },
  },
  {
    name: "configs that cannot be",
    cases: [22, 23],
    shows: ["INVALID_CONFIG"],
    async run(stage) {
      const name = stage.name("configured");
      const configs: readonly (readonly [string, string | null])[] = [
        ["no.such.config", "1"],
        ["retention.ms", "a while"],
        ["retention.ms", "-2"],
        ["retention.ms", "-1"],
        ["retention.ms", ""],
        ["retention.ms", " 5000 "],
        ["retention.ms", null],
        ["retention.ms", "9223372036854775808"],
        ["cleanup.policy", "keep"],
        ["cleanup.policy", "compact,delete"],
        ["cleanup.policy", "compact, delete"],
        ["cleanup.policy", ""],
        ["cleanup.policy", "none"],
        ["cleanup.policy", "delete,delete"],
        ["compression.type", "brotli"],
        ["compression.type", "gzip"],
        ["max.message.bytes", "-1"],
        ["max.message.bytes", "2147483648"],
        ["max.message.bytes", "0"],
        ["min.insync.replicas", "0"],
        ["min.insync.replicas", "2"],
        ["preallocate", "yes"],
        ["preallocate", "TRUE"],
        ["segment.bytes", "1"],
        ["segment.bytes", "1048576"],
        ["min.cleanable.dirty.ratio", "1.5"],
        ["min.cleanable.dirty.ratio", "0.5"],
        ["message.timestamp.type", "logappendtime"],
        ["message.timestamp.type", "LogAppendTime"],
        ["message.format.version", "3.0"],
        ["message.downconversion.enable", "true"],
        ["unclean.leader.election.enable", "maybe"],
        ["follower.replication.throttled.replicas", "*"],
        ["leader.replication.throttled.replicas", "0:1"],
        ["leader.replication.throttled.replicas", "nonsense"],
        ["compression.gzip.level", "0"],
        ["compression.gzip.level", "10"],
        ["compression.zstd.level", "30"],
        ["retention.bytes", "-5"],
        ["local.retention.ms", "10"],
        ["remote.storage.enable", "true"],
      ];
      for (const version of [4, 7]) {
        for (const [config, value] of configs) {
          const { topics } = await stage.main.call("CreateTopics", version, {
            timeoutMs,
            validateOnly: true,
            topics: [{ name, numPartitions: 1, replicationFactor: 1, configs: [{ name: config, value }] }],
          });
          const { errorCode, errorMessage, configs: answered } = topics[0]!;
          const described = answered?.filter((each) => each.name === config) ?? null;
          stage.record(`${config}=${value} v${version}`, { errorCode, errorMessage, described, others: (answered ?? []).length > 0 });
        }
      }
    },
  },
  {
    name: "partitions that are assigned by hand",
    cases: [23],
    shows: ["INVALID_REPLICA_ASSIGNMENT", "INVALID_REQUEST"],
    async run(stage) {
      const { brokers } = await stage.main.call("Metadata", 1, { topics: [] });
      const known = brokers[0]!.nodeId;
      const name = stage.name("assigned");
      for (const version of createVersions) {
        const create = (
          label: string,
          assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[],
          numbers: { readonly numPartitions: number; readonly replicationFactor: number } = { numPartitions: -1, replicationFactor: -1 },
        ) => stage.ask(label, "CreateTopics", version, { timeoutMs, validateOnly: true, topics: [{ name, ...numbers, assignments }] });
        const two = [
          { partitionIndex: 0, brokerIds: [known] },
          { partitionIndex: 1, brokerIds: [known] },
        ];
        await create("two", two);
        await create("with a number of partitions", two, { numPartitions: 2, replicationFactor: -1 });
        await create("with a number of replicas", two, { numPartitions: -1, replicationFactor: 1 });
        await create("with a gap", [two[0]!, { partitionIndex: 2, brokerIds: [known] }]);
        await create("one twice", [two[0]!, two[0]!]);
        await create("not from 0", [two[1]!]);
        await create("a broker that is not there", [{ partitionIndex: 0, brokerIds: [known + 71] }]);
        await create("one broker twice", [{ partitionIndex: 0, brokerIds: [known, known] }]);
        await create("no broker", [{ partitionIndex: 0, brokerIds: [] }]);
        await create("different numbers of brokers", [two[0]!, { partitionIndex: 1, brokerIds: [known, known + 1] }]);
      }
    },
  },
  {
    name: "topics are deleted by name and by id, once",
    cases: [16],
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_ID", "INVALID_REQUEST"],
    async run(stage) {
      for (const version of deleteVersions) {
        const { name, id } = await stage.topic(`deleted-${version}`);
        const remove = (label: string, names: readonly string[]) =>
          stage.ask(label, "DeleteTopics", version, {
            timeoutMs,
            ...(version >= 6 ? { topics: names.map((each) => ({ name: each })) } : { topicNames: names }),
          });
        await remove("not there", [stage.name("absent")]);
        await remove("a name no topic can have", ["a b"]);
        await remove("twice in one request", [name, name]);
        await remove("none", []);
        if (version >= 6) {
          const byId = (label: string, topics: readonly { readonly name: string | null; readonly topicId: string }[]) =>
            stage.ask(label, "DeleteTopics", version, { timeoutMs, topics });
          await byId("an id nobody has", [{ name: null, topicId: "AAAAAAAAAAAAAAAAAAAAQQ" }]);
          await byId("name and id", [{ name, topicId: id }]);
          await byId("neither", [{ name: null, topicId: zeroUuid }]);
          await byId("by name and by id", [
            { name, topicId: zeroUuid },
            { name: null, topicId: id },
          ]);
          await byId("one id twice", [
            { name: null, topicId: id },
            { name: null, topicId: id },
          ]);
          const other = await stage.topic("deleted-by-id");
          await byId("by id", [{ name: null, topicId: other.id }]);
          await byId("by id again", [{ name: null, topicId: other.id }]);
        }
        await remove("by name", [name]);
        await remove("by name again", [name]);
      }
    },
  },
  {
    name: "a topic gets more partitions, never fewer",
    cases: [23],
    shows: ["INVALID_PARTITIONS", "UNKNOWN_TOPIC_OR_PARTITION", "INVALID_REPLICA_ASSIGNMENT"],
    async run(stage) {
      const { brokers } = await stage.main.call("Metadata", 1, { topics: [] });
      const known = brokers[0]!.nodeId;
      for (const version of [0, 1, 2, 3]) {
        const { name } = await stage.topic(`grown-${version}`, { partitions: 2 });
        const grow = (
          label: string,
          topics: readonly {
            readonly name: string;
            readonly count: number;
            readonly assignments?: readonly { readonly brokerIds: readonly number[] }[];
          }[],
          validateOnly = false,
        ) =>
          stage.ask(label, "CreatePartitions", version, {
            timeoutMs,
            validateOnly,
            topics: topics.map((topic) => ({ assignments: null, ...topic })),
          });
        await grow("an unknown topic", [{ name: stage.name("absent"), count: 3 }]);
        for (const count of [-1, 0, 1, 2]) await grow(`${count} of 2`, [{ name, count }]);
        await grow("validated", [{ name, count: 5 }], true);
        await grow("twice in one request", [
          { name, count: 3 },
          { name, count: 4 },
        ]);
        await grow("assigned to a broker that is not there", [{ name, count: 3, assignments: [{ brokerIds: [known + 71] }] }]);
        await grow("too few assignments", [{ name, count: 4, assignments: [{ brokerIds: [known] }] }]);
        await grow("too many assignments", [{ name, count: 3, assignments: [{ brokerIds: [known] }, { brokerIds: [known] }] }]);
        await grow("an assignment without brokers", [{ name, count: 3, assignments: [{ brokerIds: [] }] }]);
        await grow("an empty list of assignments", [{ name, count: 3, assignments: [] }], true);
        await grow("one good, one unknown", [
          { name, count: 3 },
          { name: stage.name("absent"), count: 3 },
        ]);
        await grow("assigned", [{ name, count: 4, assignments: [{ brokerIds: [known] }] }]);
        await grow("none", []);
        await stage.until(
          "four partitions",
          () => stage.main.call("Metadata", 1, { topics: [{ name }] }),
          (answer) => answer.topics[0]!.partitions.length === 4,
        );
        await stage.ask("and then", "Metadata", 9, { topics: [{ name }] });
      }
    },
  },
  {
    name: "records are given up to an offset, at most to the end",
    shows: ["OFFSET_OUT_OF_RANGE", '"lowWatermark":3', "UNKNOWN_TOPIC_OR_PARTITION"],
    async run(stage) {
      for (const version of [0, 1, 2]) {
        const topic = await stage.topic(`given-up-${version}`, { partitions: 2 });
        await stage.main.call("Produce", 7, produceTo(topic, [{ records: batchOf(stage.baseTime, ["a", "b", "c", "d", "e"]) }]));
        const giveUp = (label: string, partitions: readonly (readonly [partitionIndex: number, offset: number])[], name = topic.name) =>
          stage.ask(label, "DeleteRecords", version, {
            timeoutMs,
            topics: [{ name, partitions: partitions.map(([partitionIndex, offset]) => ({ partitionIndex, offset })) }],
          });
        await giveUp("to the start", [[0, 0]]);
        await giveUp("to 3", [[0, 3]]);
        await giveUp("to 3 again", [[0, 3]]);
        await giveUp("back to 1", [[0, 1]]);
        await giveUp("beyond the end", [[0, 6]]);
        await giveUp("to -2", [[0, -2]]);
        await giveUp("an unknown partition", [[7, 0]]);
        await giveUp("an unknown topic", [[0, 0]], stage.name("absent"));
        await giveUp("an empty partition to -1", [[1, -1]]);
        await giveUp("an empty partition to 1", [[1, 1]]);
        await giveUp("to the end", [[0, 5]]);
        await giveUp("to -1", [[0, -1]]);
      }
    },
  },
];
