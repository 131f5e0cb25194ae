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
];
