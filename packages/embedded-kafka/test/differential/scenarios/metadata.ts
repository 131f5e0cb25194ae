import type { Scenario } from "../scenario.ts";

const strangerId = "AAAAAAAAAAAAAAAAAAAAQQ";

export const metadataScenarios: readonly Scenario[] = [
  {
    name: "metadata of one topic in every version",
    cases: [3, 13, 16, 26],
    shows: ["controllerId", "topic-1", "the broker's"],
    async run(stage) {
      const { name } = await stage.topic("described", { partitions: 2 });
      for (let version = 0; version <= 13; version++) {
        await stage.ask("by name", "Metadata", version, { topics: [{ name }], allowAutoTopicCreation: version < 4 });
      }
    },
  },
  {
    name: "an absent list of topics means all, an empty one none, and in version 0 the empty one all",
    cases: [13],
    shows: ['"mine":1', '"mine":0', '"mine":1'],
    async run(stage) {
      const { name } = await stage.topic("listed");
      for (const [version, topics] of [
        [0, []],
        [1, null],
        [1, []],
        [5, null],
        [5, []],
        [13, null],
        [13, []],
      ] as const) {
        const answer = await stage.main.call("Metadata", version, { topics });
        const mine = answer.topics.filter((topic) => topic.name === name);
        stage.record(`${topics === null ? "null" : "empty"} v${version}`, {
          mine: mine.length,
          others: answer.topics.length > mine.length && topics === null && false,
        });
      }
    },
  },
  {
    name: "a topic that does not exist is not made unless the client allows it",
    cases: [13],
    shows: ["UNKNOWN_TOPIC_OR_PARTITION"],
    async run(stage) {
      for (const version of [4, 8, 9, 12, 13]) {
        await stage.ask("creation not allowed", "Metadata", version, {
          topics: [{ name: stage.name("absent") }],
          allowAutoTopicCreation: false,
        });
      }
    },
  },
  {
    name: "a topic that does not exist is made when it is asked for, in versions that cannot forbid it too",
    cases: [13],
    shows: ['"partitionIndex":0', "topic-1"],
    async run(stage) {
      for (const version of [0, 3, 4, 12]) {
        const name = stage.name(`made-by-${version}`);
        const { topics } = await stage.until(
          `topic ${name}`,
          () => stage.main.call("Metadata", version, { topics: [{ name }], allowAutoTopicCreation: true }),
          (answer) => answer.topics[0]!.errorCode === 0,
        );
        stage.record(`made by v${version}`, topics);
        await stage.main.call("DeleteTopics", 5, { topicNames: [name], timeoutMs: 10_000 });
      }
    },
  },
  {
    name: "a topic that was deleted is gone at first, though asking for it makes it again",
    cases: [13],
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", '"partitionIndex":0'],
    async run(stage) {
      for (const version of [1, 4, 12]) {
        const { name } = await stage.topic(`comes-back-${version}`);
        await stage.main.call("DeleteTopics", 5, { topicNames: [name], timeoutMs: 10_000 });
        const look = () => stage.main.call("Metadata", 12, { topics: [{ name }], allowAutoTopicCreation: false });
        await stage.until(`the end of topic ${name}`, look, ({ topics }) => topics[0]!.errorCode !== 0);
        const creation = version >= 4 ? { allowAutoTopicCreation: true } : {};
        const ask = () => stage.main.call("Metadata", version, { topics: [{ name }], ...creation });
        stage.record(`at first v${version}`, (await ask()).topics);
        const { topics } = await stage.until(`topic ${name}`, ask, (answer) => answer.topics[0]!.errorCode === 0);
        stage.record(`then v${version}`, topics);
      }
    },
  },
  {
    name: "names that no topic can have",
    cases: [13, 23],
    shows: ["INVALID_TOPIC_EXCEPTION"],
    async run(stage) {
      for (const version of [1, 4, 12]) {
        for (const name of ["", ".", "..", "a b", "ä", "x".repeat(249), "x".repeat(250), "a/b", "a:b"]) {
          for (const allowAutoTopicCreation of version < 4 ? [] : [false]) {
            const { topics } = await stage.main.call("Metadata", version, { topics: [{ name }], allowAutoTopicCreation });
            stage.record(`"${name.slice(0, 5)}" of ${name.length}, creation ${allowAutoTopicCreation}, v${version}`, topics);
          }
          if (name.length === 249) continue;
          const { topics } = await stage.main.call("Metadata", version, { topics: [{ name }], allowAutoTopicCreation: true });
          stage.record(`"${name.slice(0, 5)}" of ${name.length}, creation allowed, v${version}`, topics);
        }
      }
    },
  },
  {
    name: "topics by id",
    cases: [16],
    shows: ["UNKNOWN_TOPIC_ID", "INVALID_REQUEST"],
    async run(stage) {
      const { name, id } = await stage.topic("with-id");
      for (const version of [12, 13]) {
        await stage.ask("by its id", "Metadata", version, { topics: [{ topicId: id, name: null }] });
        await stage.ask("by an id nobody has", "Metadata", version, { topics: [{ topicId: strangerId, name: null }] });
        await stage.ask("by name and id", "Metadata", version, { topics: [{ topicId: id, name }], allowAutoTopicCreation: false });
      }
      for (const version of [10, 11]) {
        await stage.ask("by its id", "Metadata", version, { topics: [{ topicId: id, name: "" }], allowAutoTopicCreation: false });
      }
    },
  },
  {
    name: "authorized operations come when they are asked for",
    shows: ["topicAuthorizedOperations", "-2147483648"],
    async run(stage) {
      const { name } = await stage.topic("authorized");
      for (const version of [8, 10, 11, 13]) {
        for (const asked of [false, true]) {
          await stage.ask(`asked ${asked}`, "Metadata", version, {
            topics: [{ name }],
            allowAutoTopicCreation: false,
            includeTopicAuthorizedOperations: asked,
            ...(version <= 10 && { includeClusterAuthorizedOperations: asked }),
          });
        }
      }
    },
  },
  {
    name: "a topic that is deleted and made again has another id, and the old one is unknown",
    cases: [16],
    shows: ["topic-2", "UNKNOWN_TOPIC_ID"],
    async run(stage) {
      const first = await stage.topic("again");
      stage.record("the first", { topicId: first.id });
      await stage.ask("deleted", "DeleteTopics", 6, { topics: [{ name: first.name }], timeoutMs: 10_000 });
      await stage.until(
        "the topic to go",
        () => stage.main.call("Metadata", 12, { topics: [{ name: first.name }], allowAutoTopicCreation: false }),
        (answer) => answer.topics[0]!.errorCode !== 0,
      );
      const second = await stage.topic("again");
      stage.record("the second", { topicId: second.id, isAnother: second.id !== first.id });
      await stage.ask("by the first id", "Metadata", 12, { topics: [{ topicId: first.id, name: null }] });
      await stage.ask("by the second id", "Metadata", 12, { topics: [{ topicId: second.id, name: null }] });
    },
  },
];
