import { batchOf, type FetchedPartition, fetchFrom, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage, StagedTopic } from "../scenario.ts";

async function fill(stage: Stage, topic: StagedTopic, index: number, values: readonly string[]): Promise<void> {
  await stage.main.call("Produce", 7, produceTo(topic, [{ index, records: batchOf(stage.baseTime, values) }]));
}

export const fetchSessionScenarios: readonly Scenario[] = [
  {
    name: "within a fetch session only what has changed is asked and answered",
    cases: [15],
    shows: ["INVALID_FETCH_SESSION_EPOCH", "FETCH_SESSION_ID_NOT_FOUND", '"responses":[]', "OFFSET_OUT_OF_RANGE"],
    async run(stage) {
      for (const version of [7, 11, 12, 13, 18]) {
        const topic = await stage.topic(`session-${version}`, { partitions: 4 });
        for (const index of [0, 1, 2]) await fill(stage, topic, index, ["a", "b"]);
        let sessionId = 0;
        let sessionEpoch = 0;
        /** Asks within the session and records the answer without the session's id. */
        const ask = async (
          label: string,
          partitions: readonly FetchedPartition[],
          forgotten: readonly number[] = [],
          changed: { readonly sessionId?: number; readonly sessionEpoch?: number } = {},
        ) => {
          const body = fetchFrom(topic, partitions, { version, sessionId, sessionEpoch, ...changed });
          const named = version >= 13 ? { topicId: topic.id } : { topic: topic.name };
          const answer = await stage.main.call("Fetch", version, {
            ...body,
            topics: partitions.length === 0 ? [] : (body.topics ?? []),
            forgottenTopicsData: forgotten.length === 0 ? [] : [{ ...named, partitions: [...forgotten] }],
          });
          const known = answer.sessionId === sessionId ? "the same" : "another";
          stage.record(`${label} v${version}`, { ...answer, sessionId: answer.sessionId === 0 ? "none" : known });
          if (answer.errorCode === 0 && changed.sessionId === undefined) {
            sessionEpoch++;
            sessionId = answer.sessionId;
          }
        };
        const [zero, one, two] = [0, 1, 2].map((partition) => ({ partition, fetchOffset: 0 })) as [
          FetchedPartition,
          FetchedPartition,
          FetchedPartition,
        ];
        await ask("the first, in full", [zero, one]);
        await ask("nothing said: everything again", []);
        await ask("one has been read", [{ ...zero, fetchOffset: 2 }]);
        await ask("the other too", [{ ...one, fetchOffset: 2 }]);
        await ask("nothing new", []);
        await ask("an old epoch", [], [], { sessionEpoch: sessionEpoch - 1 });
        await ask("an epoch from the future", [], [], { sessionEpoch: sessionEpoch + 1 });
        await ask("a session that there is not", [], [], { sessionId: 1 });
        await fill(stage, topic, 1, ["c"]);
        await ask("something new", []);
        await ask("one more partition", [two, { ...one, fetchOffset: 3 }]);
        await ask("an empty and an unknown one", [
          { partition: 3, fetchOffset: 0 },
          { partition: 9, fetchOffset: 0 },
        ]);
        await ask("the unknown one is told again", [{ ...two, fetchOffset: 2 }]);
        await ask("one out of range", [{ ...two, fetchOffset: 77 }], [9]);
        await ask("still out of range", []);
        await ask("back in range", [{ ...two, fetchOffset: 2 }]);
        await stage.main.call("DeleteRecords", 1, {
          timeoutMs: 5_000,
          topics: [{ name: topic.name, partitions: [{ partitionIndex: 0, offset: 1 }] }],
        });
        await ask("a log has another start", []);
        await fill(stage, topic, 0, ["d"]);
        await fill(stage, topic, 2, ["e"]);
        await ask("two have records", []);
        await ask("and again", []);
        await ask("one forgotten", [], [0]);
        await ask("all forgotten", [], [1, 2, 3]);
        await ask("after that", []);
        sessionId = 0;
        sessionEpoch = 0;
        await ask("a new one", [zero]);
        await ask("in full again, in another session", [zero, one], [], { sessionEpoch: 0 });
        await ask("the end of the session", [zero], [], { sessionEpoch: -1 });
      }
    },
  },
];
