import type { MessageInput, RequestTypes } from "@millrace/protocol";
import { batchOf, fetchFrom, offsetAt, produceTo } from "../request-bodies.ts";
import type { StagedTopic } from "../scenario.ts";
import type { NodesScenario, NodesStage } from "./nodes-scenario.ts";

function writing(stage: NodesStage, topic: StagedTopic, value: string, acks: number, index = 0): MessageInput<RequestTypes["Produce"]> {
  return produceTo(topic, [{ index, records: batchOf(stage.baseTime, [value]) }], { version: 10, acks });
}

export const nodesOutageScenarios: readonly NodesScenario[] = [
  {
    name: "a broker that stops is missed, others lead in its place, and what only it has is led by nobody",
    shows: ["LEADER_NOT_AVAILABLE", '"leaderId":-1', '"offlineReplicas":[3]', "NOT_ENOUGH_REPLICAS"],
    async run(stage) {
      const three = await stage.topicOn("on-three", [
        [1, 2, 3],
        [2, 3, 1],
        [3, 1, 2],
      ]);
      const two = await stage.topicOn("on-two", [
        [3, 1],
        [1, 3],
      ]);
      const one = await stage.topicOn("on-one", [[3]]);
      const topics = { three, two, one };
      const recordAll = async (when: string): Promise<void> => {
        for (const [name, topic] of Object.entries(topics)) await stage.recordPartitions(`${name} ${when}`, topic);
      };
      for (const topic of [three, two, one])
        await stage.askNode(topic === three ? 1 : 3, "write", "Produce", 10, writing(stage, topic, "a", -1));
      await recordAll("before");
      await stage.untilReplicated(two, 1, 1);
      await stage.stop(3);
      await recordAll("without broker 3");
      for (const version of [1, 5, 7, 12]) {
        const names = [three, two, one].map(({ name }) => ({ name }));
        const { brokers, topics: described } = await (await stage.node(1)).call("Metadata", version, { topics: names });
        stage.record(`Metadata v${version}`, { brokers, topics: described });
      }
      for (const version of [0, 1, 2]) {
        for (const includeFencedBrokers of version === 2 ? [false, true] : [false]) {
          const { brokers } = await (await stage.node(2)).call("DescribeCluster", version, version === 2 ? { includeFencedBrokers } : {});
          stage.record(`DescribeCluster v${version}, fenced ${includeFencedBrokers}`, { brokers });
        }
      }
      for (const version of [9, 10]) await stage.askNode(1, "write where nobody leads", "Produce", version, writing(stage, one, "b", -1));
      await stage.askNode(1, "end where nobody leads", "ListOffsets", 7, offsetAt(one, -1));
      for (const version of [12, 17]) {
        await stage.askNode(
          1,
          "read where nobody leads",
          "Fetch",
          version,
          fetchFrom(one, [{ fetchOffset: 0 }], { version, sessionEpoch: -1 }),
        );
      }
      for (const acks of [-1, 1]) {
        await stage.askNode(1, `write to one of two, acks ${acks}`, "Produce", 10, writing(stage, two, "b", acks));
        await stage.askNode(1, `write to two of three, acks ${acks}`, "Produce", 10, writing(stage, three, "b", acks));
      }
      await stage.askNode(1, "end with too few in sync", "ListOffsets", 7, offsetAt(two, -1));
      await stage.askNode(
        1,
        "read with too few in sync",
        "Fetch",
        11,
        fetchFrom(two, [{ fetchOffset: 0 }], { version: 11, sessionEpoch: -1 }),
      );
      await stage.start(3);
      await recordAll("with broker 3 again");
      await stage.until(
        "all to be committed",
        async () => (await stage.node(1)).call("ListOffsets", 7, offsetAt(two, -1)),
        ({ topics: [topic] }) => topic!.partitions[0]!.offset === 2,
      );
      await stage.askNode(3, "write to what it had", "Produce", 10, writing(stage, one, "b", -1));
      await stage.askNode(1, "read all of two", "Fetch", 11, fetchFrom(two, [{ fetchOffset: 0 }], { version: 11, sessionEpoch: -1 }));
    },
  },
  {
    name: "while two of three brokers are stopped the third leads, and each that comes back is in sync again",
    shows: ["NOT_ENOUGH_REPLICAS", '"eligibleLeaderReplicas":[2]'],
    async run(stage) {
      const topic = await stage.topicOn("lonely", [[2, 3, 1]]);
      const careless = await stage.topicOn("careless", [[2, 3, 1]], { "min.insync.replicas": "1" });
      const recordBoth = async (when: string): Promise<void> => {
        await stage.recordPartitions(`at least two in sync, ${when}`, topic);
        await stage.recordPartitions(`at least one in sync, ${when}`, careless);
      };
      await stage.askNode(2, "write", "Produce", 10, writing(stage, topic, "a", -1));
      await stage.stop(3);
      await recordBoth("without 3");
      await stage.stop(2);
      await recordBoth("without 2 and 3");
      for (const acks of [-1, 1]) {
        await stage.askNode(1, `write with acks ${acks}`, "Produce", 10, writing(stage, topic, "b", acks));
        await stage.askNode(1, `careless write with acks ${acks}`, "Produce", 10, writing(stage, careless, "b", acks));
      }
      await stage.start(2);
      await recordBoth("without 3 again");
      await stage.start(3);
      await recordBoth("with all");
    },
  },
  {
    name: "a partition whose replicas are all stopped is led again by one that has everything",
    shows: ['"leaderId":-1', '"leaderId":3', '"leaderId":2'],
    async run(stage) {
      const topic = await stage.topicOn("lost", [[2, 3]]);
      const careless = await stage.topicOn("lost-careless", [[2, 3]], { "min.insync.replicas": "1" });
      const recordBoth = async (when: string): Promise<void> => {
        await stage.recordPartitions(`at least two in sync, ${when}`, topic);
        await stage.recordPartitions(`at least one in sync, ${when}`, careless);
      };
      await stage.stop(2);
      await recordBoth("without 2");
      await stage.stop(3);
      await recordBoth("without both");
      // Only the one that stopped last is sure to have everything, unless it could not commit anything alone.
      await stage.start(2, () => true);
      await stage.until(
        "broker 2 to lead",
        () => stage.partition(topic),
        ({ leaderId }) => leaderId === 2,
      );
      await recordBoth("with 2 again");
      await stage.start(3);
      await recordBoth("with both");
    },
  },
  {
    name: "a topic that is made while a broker is stopped lies on the others",
    shows: ['"replicationFactor":3', '"offlineReplicas":[3]'],
    async run(stage) {
      await stage.stop(3);
      for (const [suffix, replicationFactor] of [
        ["made-three", 3],
        ["made-two", 2],
        ["made-one", 1],
      ] as const) {
        const name = stage.name(suffix);
        const topics = [{ name, numPartitions: 2, replicationFactor, configs: [] }];
        const answer = await (await stage.node(1)).call("CreateTopics", 7, { timeoutMs: 20_000, topics });
        stage.record(
          `creation of ${suffix}`,
          answer.topics.map((topic) => ({ ...topic, configs: null })),
        );
      }
      const names = ["made-three", "made-two", "made-one"].map((suffix) => stage.name(suffix));
      const assigned = [
        {
          name: stage.name("by-hand"),
          numPartitions: -1,
          replicationFactor: -1,
          assignments: [{ partitionIndex: 0, brokerIds: [3, 1] }],
          configs: [],
        },
      ];
      const answer = await (await stage.node(1)).call("CreateTopics", 7, { timeoutMs: 20_000, topics: assigned });
      stage.record(
        "creation by hand",
        answer.topics.map((topic) => ({ ...topic, configs: null })),
      );
      await stage.until(
        "the topic made by hand",
        async () =>
          (await stage.node(1)).call("Metadata", 12, { topics: [{ name: stage.name("by-hand") }], allowAutoTopicCreation: false }),
        ({ topics: [topic] }) => topic!.errorCode === answer.topics[0]!.errorCode || topic!.partitions.length > 0,
      );
      await stage.recordPartitions("by hand", { name: stage.name("by-hand"), id: "" });
      await (await stage.node(1)).call("DeleteTopics", 5, { topicNames: [...names, stage.name("by-hand")], timeoutMs: 10_000 });
    },
  },
];
