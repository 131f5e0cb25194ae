import { batchOf, type FetchedPartition, type FetchSettings, fetchFrom, offsetAt, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage, StagedTopic } from "../scenario.ts";

/** Lowest, the newest classic one, the first flexible one, the newest by name's successor by id, the newest. */
const someVersions = [4, 11, 12, 13, 18];
const strangerId = "AAAAAAAAAAAAAAAAAAAAQQ";

function fetch(
  stage: Stage,
  label: string,
  topic: StagedTopic,
  version: number,
  partitions: readonly FetchedPartition[],
  settings: FetchSettings = {},
) {
  // Epoch -1 asks for no session.
  const sessionless = version >= 7 ? { sessionEpoch: -1 } : {};
  return stage.ask(label, "Fetch", version, fetchFrom(topic, partitions, { ...sessionless, ...settings, version }));
}

/** Appends batches of so many records each. */
async function fill(stage: Stage, topic: StagedTopic, counts: readonly number[], partition = 0): Promise<void> {
  for (const [index, count] of counts.entries()) {
    const values = Array.from({ length: count }, (_, record) => `batch ${index} record ${record}`);
    await stage.main.call("Produce", 7, produceTo(topic, [{ index: partition, records: batchOf(stage.baseTime, values) }]));
  }
}

export const fetchScenarios: readonly Scenario[] = [
  {
    name: "records are fetched in every version",
    cases: [3, 16],
    shows: ['"highWatermark":3', '"recordCount":3'],
    async run(stage) {
      const topic = await stage.topic("fetched");
      await fill(stage, topic, [3]);
      for (let version = 4; version <= 18; version++) await fetch(stage, "from the start", topic, version, [{ fetchOffset: 0 }]);
    },
  },
  {
    name: "a fetch from the middle of a batch gets the whole batch, and batches are never cut",
    cases: [7],
    shows: ['"recordCount":5', '"records":[]'],
    async run(stage) {
      const topic = await stage.topic("middle");
      await fill(stage, topic, [5, 5, 5]);
      for (const version of someVersions) {
        for (const fetchOffset of [0, 3, 4, 5, 7, 14, 15]) await fetch(stage, `from ${fetchOffset}`, topic, version, [{ fetchOffset }]);
      }
    },
  },
  {
    name: "the first batch is answered even when it is above every limit",
    cases: [7],
    shows: ['"recordCount":5'],
    async run(stage) {
      const topic = await stage.topic("limits", { partitions: 3 });
      for (const partition of [0, 1, 2]) await fill(stage, topic, [5, 5, 5], partition);
      const all = [0, 1, 2].map((partition) => ({ partition, fetchOffset: 0 }));
      const batchBytes = batchOf(
        stage.baseTime,
        Array.from({ length: 5 }, (_, record) => `batch 0 record ${record}`),
      ).length;
      for (const version of [4, 11, 17]) {
        for (const maxBytes of [0, 1, batchBytes - 1, batchBytes, batchBytes + 1, 2 * batchBytes, 4 * batchBytes]) {
          await fetch(stage, `at most ${maxBytes} bytes`, topic, version, all, { maxBytes });
        }
        for (const partitionMaxBytes of [0, 1, batchBytes - 1, batchBytes, 2 * batchBytes - 1, 2 * batchBytes]) {
          await fetch(
            stage,
            `at most ${partitionMaxBytes} bytes a partition`,
            topic,
            version,
            all.map((each) => ({ ...each, partitionMaxBytes })),
          );
        }
        await fetch(
          stage,
          "the last has nothing new",
          topic,
          version,
          [
            { partition: 2, fetchOffset: 15 },
            { partition: 1, fetchOffset: 7 },
            { partition: 0, fetchOffset: 0 },
          ],
          { maxBytes: 1 },
        );
        await fetch(stage, "in reverse order", topic, version, all.toReversed(), { maxBytes: 2 * batchBytes });
      }
    },
  },
  {
    name: "offsets outside the log are out of range, its end is not",
    shows: ["OFFSET_OUT_OF_RANGE", '"errorCode":"NONE"'],
    async run(stage) {
      const topic = await stage.topic("range", { partitions: 2 });
      await fill(stage, topic, [3, 3]);
      await stage.ask("the first four are given up", "DeleteRecords", 1, {
        timeoutMs: 5_000,
        topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 4 }] }],
      });
      for (const version of someVersions) {
        for (const fetchOffset of [-2, -1, 0, 3, 4, 5, 6, 7, 1_000_000])
          await fetch(stage, `from ${fetchOffset}`, topic, version, [{ fetchOffset }]);
        await fetch(stage, "from the start of an empty one", topic, version, [{ partition: 1, fetchOffset: 0 }]);
        await fetch(stage, "beyond an empty one", topic, version, [{ partition: 1, fetchOffset: 1 }]);
      }
    },
  },
  {
    name: "topics and partitions that do not exist cannot be fetched",
    cases: [16],
    shows: ["UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_ID"],
    async run(stage) {
      const topic = await stage.topic("known");
      await fill(stage, topic, [1]);
      const absent = { name: stage.name("absent"), id: strangerId };
      for (const version of someVersions) {
        await fetch(stage, "unknown topic", absent, version, [{ fetchOffset: 0 }]);
        await fetch(stage, "unknown partition", topic, version, [{ partition: 1, fetchOffset: 0 }]);
        await fetch(stage, "unknown partition, and a known one", topic, version, [
          { partition: 1, fetchOffset: 0 },
          { partition: 0, fetchOffset: 0 },
        ]);
        await fetch(stage, "a negative one", topic, version, [{ partition: -1, fetchOffset: 0 }]);
      }
    },
  },
  {
    name: "a leader epoch that is not the partition's is fenced or unknown",
    shows: ["UNKNOWN_LEADER_EPOCH"],
    async run(stage) {
      const topic = await stage.topic("epochs");
      await fill(stage, topic, [2]);
      for (const version of [9, 11, 12, 17]) {
        for (const currentLeaderEpoch of [-1, 0, 1, 7]) {
          await fetch(stage, `leader epoch ${currentLeaderEpoch}`, topic, version, [{ fetchOffset: 0, currentLeaderEpoch }]);
        }
        await fetch(stage, "a wrong epoch and a wrong offset", topic, version, [{ fetchOffset: 99, currentLeaderEpoch: 3 }]);
      }
      for (const version of [12, 17]) {
        for (const lastFetchedEpoch of [-1, 0, 1, 5]) {
          await fetch(stage, `last fetched epoch ${lastFetchedEpoch}`, topic, version, [{ fetchOffset: 1, lastFetchedEpoch }]);
          await fetch(stage, `beyond the end, last fetched epoch ${lastFetchedEpoch}`, topic, version, [
            { fetchOffset: 9, lastFetchedEpoch },
          ]);
        }
      }
    },
  },
  {
    name: "isolation levels read the same where there are no transactions",
    cases: [8],
    shows: ['"abortedTransactions":[]', '"abortedTransactions":null'],
    async run(stage) {
      const topic = await stage.topic("isolation");
      await fill(stage, topic, [2]);
      for (const version of someVersions) {
        for (const isolationLevel of [0, 1]) {
          await fetch(stage, `level ${isolationLevel}`, topic, version, [{ fetchOffset: 0 }], { isolationLevel });
          await fetch(stage, `level ${isolationLevel} at the end`, topic, version, [{ fetchOffset: 2 }], { isolationLevel });
          await fetch(stage, `level ${isolationLevel} out of range`, topic, version, [{ fetchOffset: 9 }], { isolationLevel });
        }
      }
    },
  },
  {
    name: "a fetch waits for its bytes, for its time, or not at all",
    cases: [17],
    shows: ["answered at once", "answered by the append", "answered by time"],
    async run(stage) {
      const topic = await stage.topic("long-poll", { partitions: 2 });
      await fill(stage, topic, [1]);
      const consumer = await stage.connect();
      const endOf = async (partitionIndex: number): Promise<FetchedPartition> => {
        const { topics } = await stage.main.call("ListOffsets", 1, offsetAt(topic, -1, { partitionIndex }));
        return { partition: partitionIndex, fetchOffset: topics[0]!.partitions[0]!.offset };
      };
      /** Fetches in some versions and records how long that took, in words. */
      const timed = async (
        label: string,
        settings: FetchSettings,
        partitions: readonly FetchedPartition[] | (() => Promise<readonly FetchedPartition[]>),
        meanwhile?: () => Promise<void>,
      ): Promise<void> => {
        for (const version of [4, 11, 17]) {
          const asked = typeof partitions === "function" ? await partitions() : partitions;
          const sessionless = version >= 7 ? { sessionEpoch: -1 } : {};
          const start = performance.now();
          const coming = consumer.call("Fetch", version, fetchFrom(topic, asked, { ...sessionless, ...settings, version }));
          if (meanwhile !== undefined) {
            await stage.settle();
            await meanwhile();
          }
          const answer = await coming;
          const inTime = performance.now() - start < 250;
          const waited = meanwhile === undefined ? (inTime ? "answered at once" : "answered by time") : "answered by the append";
          stage.record(`${label} v${version}`, { waited, answer });
        }
      };
      await timed("enough is there", { minBytes: 1, maxWaitMs: 10_000 }, [{ fetchOffset: 0 }]);
      await timed("nothing is there and no time is given", { minBytes: 1, maxWaitMs: 0 }, [{ fetchOffset: 1 }]);
      await timed("nothing is wanted", { minBytes: 0, maxWaitMs: 10_000 }, [{ fetchOffset: 1 }]);
      await timed("no partitions", { minBytes: 1, maxWaitMs: 10_000 }, []);
      await timed("an error does not wait", { minBytes: 1, maxWaitMs: 10_000 }, [{ fetchOffset: 99 }]);
      await timed("an error beside one that waits", { minBytes: 1, maxWaitMs: 10_000 }, [
        { fetchOffset: 1 },
        { partition: 1, fetchOffset: 99 },
      ]);
      await timed("one that is unknown beside one that waits", { minBytes: 1, maxWaitMs: 300 }, [
        { fetchOffset: 1 },
        { partition: 7, fetchOffset: 0 },
      ]);
      await timed("not enough is there", { minBytes: 1_000_000, maxWaitMs: 300 }, [{ fetchOffset: 0 }]);
      await timed("nothing comes", { minBytes: 1, maxWaitMs: 300 }, [{ fetchOffset: 1 }]);
      // A broker that does not wake up lets the request run into its deadline, and then the scenario fails.
      const long = { maxWaitMs: 60_000 };
      await timed(
        "something comes",
        { ...long, minBytes: 1 },
        async () => [await endOf(1), await endOf(0)],
        () => fill(stage, topic, [1]),
      );
      await timed(
        "more has to come",
        { ...long, minBytes: 200 },
        async () => [await endOf(1)],
        () => fill(stage, topic, [1, 9], 1),
      );
      await timed(
        "enough from two partitions",
        { ...long, minBytes: 170 },
        async () => [await endOf(1), await endOf(0)],
        async () => {
          await fill(stage, topic, [1], 0);
          await fill(stage, topic, [1], 1);
        },
      );
    },
  },
  {
    name: "the deletion of its topic ends a fetch that waits",
    cases: [17],
    shows: ["UNKNOWN_TOPIC_OR_PARTITION"],
    async run(stage) {
      for (const version of [4, 11]) {
        const topic = await stage.topic(`deleted-${version}`);
        const consumer = await stage.connect();
        const asked = consumer.call(
          "Fetch",
          version,
          fetchFrom(topic, [{ fetchOffset: 0 }], { version, maxWaitMs: 15_000, ...(version >= 7 && { sessionEpoch: -1 }) }),
        );
        await stage.settle();
        await stage.main.call("DeleteTopics", 5, { topicNames: [topic.name], timeoutMs: 10_000 });
        const start = performance.now();
        const { responses } = await asked;
        stage.record(`v${version}`, { responses, soon: performance.now() - start < 10_000 });
      }
    },
  },
  {
    name: "answers come in the order of the requests while a fetch waits",
    cases: [4],
    shows: ['"order":["Fetch","Metadata","ApiVersions","Heartbeat"]'],
    async run(stage) {
      const topic = await stage.topic("order");
      const connection = await stage.connect();
      const apis = new Map([
        [connection.send("Fetch", 4, fetchFrom(topic, [{ fetchOffset: 0 }], { maxWaitMs: 700 })), "Fetch"],
        [connection.send("Metadata", 1, { topics: [] }), "Metadata"],
        [connection.send("ApiVersions", 0, {}), "ApiVersions"],
        [connection.send("Heartbeat", 0, { groupId: "", generationId: 1, memberId: "nobody" }), "Heartbeat"],
      ]);
      const order: (string | undefined)[] = [];
      for (let count = 0; count < apis.size; count++) order.push(apis.get((await connection.receive()).readInt32BE(0)));
      stage.record("answers", { order });
    },
  },
  {
    name: "fetch sessions that were not given out are not found",
    cases: [15],
    shows: ["FETCH_SESSION_ID_NOT_FOUND"],
    async run(stage) {
      const topic = await stage.topic("sessions");
      await fill(stage, topic, [1]);
      for (const version of [7, 11, 12, 18]) {
        for (const [sessionId, sessionEpoch] of [
          [0, -1],
          [0, 1],
          [1_234_567, 1],
          [1_234_567, 5],
          [1_234_567, -1],
          [1_234_567, 0],
        ] as const) {
          if (sessionEpoch === 0) continue;
          await fetch(stage, `session ${sessionId}, epoch ${sessionEpoch}`, topic, version, [{ fetchOffset: 0 }], {
            sessionId,
            sessionEpoch,
          });
        }
      }
    },
  },
  {
    name: "a fetch session that is asked for",
    cases: [15],
    shows: ['"sessionId"'],
    async run(stage) {
      const topic = await stage.topic("session-asked");
      await fill(stage, topic, [1]);
      for (const version of [7, 12, 18]) {
        const { sessionId, errorCode, responses } = await stage.main.call(
          "Fetch",
          version,
          fetchFrom(topic, [{ fetchOffset: 0 }], { version, sessionId: 0, sessionEpoch: 0 }),
        );
        stage.record(`v${version}`, { sessionId: sessionId === 0 ? "none" : "a session", errorCode, responses });
      }
    },
  },
];
