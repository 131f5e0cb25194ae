import type { Scenario } from "../scenario.ts";

const timeoutMs = 5_000;

export const clusterAdminScenarios: readonly Scenario[] = [
  {
    name: "leaders are elected where that is needed, and where it is not each partition says so",
    shows: ["ELECTION_NOT_NEEDED", "UNKNOWN_TOPIC_OR_PARTITION", "INVALID_REQUEST"],
    async run(stage) {
      const { name } = await stage.topic("elected", { partitions: 2 });
      const topicPartitions = [
        { topic: name, partitions: [0, 9, 1, 0] },
        { topic: stage.name("nowhere"), partitions: [0] },
        { topic: name, partitions: [] },
      ];
      await stage.ask("some", "ElectLeaders", 0, { timeoutMs, topicPartitions });
      for (const version of [1, 2]) {
        for (const electionType of [0, 1, 7]) {
          await stage.ask(`some by ${electionType}`, "ElectLeaders", version, { electionType, timeoutMs, topicPartitions });
          await stage.ask(`none by ${electionType}`, "ElectLeaders", version, { electionType, timeoutMs, topicPartitions: [] });
          const all = await stage.main.call("ElectLeaders", version, { electionType, timeoutMs, topicPartitions: null });
          stage.record(`all by ${electionType} v${version}`, {
            errorCode: all.errorCode,
            mine: all.replicaElectionResults.filter(({ topic }) => topic === name),
          });
        }
      }
    },
  },
  {
    name: "log directories say which partitions they hold, and there is no other one",
    shows: ['"partitionSize":', "LOG_DIR_NOT_FOUND"],
    async run(stage) {
      const { name } = await stage.topic("kept", { partitions: 2 });
      for (const version of [1, 2, 3, 4, 5]) {
        const absent = stage.name("nowhere");
        const { errorCode, results } = await stage.main.call("DescribeLogDirs", version, {
          topics: [
            { topic: name, partitions: [0, 9] },
            { topic: absent, partitions: [0] },
          ],
        });
        const sized = results.map(({ totalBytes, usableBytes }) => totalBytes > 0 && usableBytes > 0);
        stage.record(`some v${version}`, { errorCode, topics: results.map(({ topics }) => topics), sized });
        const all = await stage.main.call("DescribeLogDirs", version, { topics: null });
        const mine = all.results[0]!.topics.find((topic) => topic.name === name)!.partitions;
        stage.record(
          `all v${version}`,
          mine.toSorted((left, right) => left.partitionIndex - right.partitionIndex),
        );
      }
      const { results } = await stage.main.call("DescribeLogDirs", 2, { topics: [] });
      const move = (path: string, ...topics: string[]) => ({ path, topics: topics.map((topic) => ({ name: topic, partitions: [0] })) });
      const here = results[0]!.logDir;
      for (const version of [1, 2]) {
        await stage.ask("to another directory", "AlterReplicaLogDirs", version, { dirs: [move("/nowhere", name)] });
        await stage.ask("to where it is", "AlterReplicaLogDirs", version, { dirs: [move(here, name)] });
        await stage.ask("of no topic", "AlterReplicaLogDirs", version, { dirs: [move(here, stage.name("nowhere"))] });
        await stage.ask("first here, then there", "AlterReplicaLogDirs", version, { dirs: [move(here, name), move("there", name)] });
      }
    },
  },
  {
    name: "what has configs is listed by its kind",
    shows: ['"mine":1', "UNSUPPORTED_VERSION"],
    async run(stage) {
      const { name } = await stage.topic("configured");
      await stage.ask("client metrics", "ListConfigResources", 0, {});
      for (const resourceTypes of [[], [2], [4], [2, 4], [8], [16]]) {
        const { errorCode, configResources } = await stage.main.call("ListConfigResources", 1, { resourceTypes });
        stage.record(`of ${resourceTypes.join(" and ")}`, {
          errorCode,
          mine: configResources.filter(({ resourceName, resourceType }) => resourceType === 2 && resourceName === name).length,
          brokers: configResources.filter(({ resourceType }) => resourceType === 4),
        });
      }
      await stage.ask("of no kind", "ListConfigResources", 1, { resourceTypes: [2, 99] });
    },
  },
];
