import type { Scenario } from "../scenario.ts";

export const topicPartitionScenarios: readonly Scenario[] = [
  {
    name: "partitions of topics are described page by page",
    shows: ['"nextCursor":{', "UNKNOWN_TOPIC_OR_PARTITION", "INVALID_TOPIC_EXCEPTION"],
    async run(stage) {
      const first = await stage.topic("page-a", { partitions: 3 });
      const second = await stage.topic("page-b", { partitions: 2 });
      const absent = stage.name("page-absent");
      const describe = (
        label: string,
        names: readonly string[],
        responsePartitionLimit = 2_000,
        cursor: { readonly topicName: string; readonly partitionIndex: number } | null = null,
      ) => stage.ask(label, "DescribeTopicPartitions", 0, { topics: names.map((name) => ({ name })), responsePartitionLimit, cursor });
      const both = [second.name, first.name];
      await describe("both", both);
      await describe("one twice", [first.name, first.name]);
      await describe("one that is not there", [absent]);
      await describe("one that is not there and one that is", [second.name, absent]);
      await describe("names that cannot be", ["a b", first.name]);
      for (const limit of [-1, 0, 1, 2, 3, 4, 5, 6]) await describe(`at most ${limit}`, both, limit);
      await describe("from the middle of the first", both, 2, { topicName: first.name, partitionIndex: 1 });
      await describe("from the end of the first", both, 2, { topicName: first.name, partitionIndex: 3 });
      await describe("from beyond the first", both, 2, { topicName: first.name, partitionIndex: 9 });
      await describe("from the second", both, 2, { topicName: second.name, partitionIndex: 1 });
      await describe("from one that is not there", both, 5, { topicName: absent, partitionIndex: 1 });
      await describe("from one that was not asked for", [second.name], 5, { topicName: first.name, partitionIndex: 1 });
      await describe("from behind all", both, 5, { topicName: `${second.name}-z`, partitionIndex: 0 });
      await describe("from a negative partition", both, 5, { topicName: first.name, partitionIndex: -1 });
      await describe("a limit and one that is not there", [absent, ...both], 3);
    },
  },
  {
    name: "a partition moves only to brokers that there are, and only a move that is not over can be taken back",
    shows: ["INVALID_REPLICA_ASSIGNMENT", "NO_REASSIGNMENT_IN_PROGRESS", "UNKNOWN_TOPIC_OR_PARTITION"],
    async run(stage) {
      const topic = await stage.topic("moves", { partitions: 2 });
      const { brokers } = await stage.main.call("DescribeCluster", 0, {});
      const here = brokers[0]!.brokerId;
      for (const version of [0, 1]) {
        const move = (label: string, name: string, partitions: readonly (readonly [number, number[] | null])[]) =>
          stage.ask(label, "AlterPartitionReassignments", version, {
            timeoutMs: 5_000,
            topics: [{ name, partitions: partitions.map(([partitionIndex, replicas]) => ({ partitionIndex, replicas })) }],
          });
        await move("to where it is", topic.name, [[0, [here]]]);
        await move("nowhere", topic.name, [[0, []]]);
        await move("to an unknown broker", topic.name, [
          [0, [here]],
          [1, [here, 77]],
        ]);
        await move("twice to one broker", topic.name, [[1, [here, here]]]);
        await move("to more brokers than there are", topic.name, [[1, [here, 77, -1]]]);
        await move("of an unknown partition", topic.name, [
          [0, null],
          [2, [here]],
          [-1, null],
        ]);
        await move("of an unknown topic", stage.name("moves-absent"), [[0, [here]]]);
        await move("taken back", topic.name, [
          [0, null],
          [1, null],
        ]);
        await stage.ask("of nothing", "AlterPartitionReassignments", version, { timeoutMs: 5_000, topics: [] });
      }
      const list = (label: string, topics: { readonly name: string; readonly partitionIndexes: number[] }[] | null) =>
        stage.ask(label, "ListPartitionReassignments", 0, { timeoutMs: 5_000, topics });
      await list("what moves", null);
      await list("what moves of it", [{ name: topic.name, partitionIndexes: [0, 1, 2] }]);
      await list("what moves of an unknown topic", [{ name: stage.name("moves-absent"), partitionIndexes: [0] }]);
    },
  },
];
