import { batchOf, fetchFrom, offsetAt, produceTo } from "../request-bodies.ts";
import type { Scenario, Stage, StagedTopic } from "../scenario.ts";

const value = "v".repeat(400_000);

/** Appends batches of one large record each, so that two fill a segment of the smallest size and the third begins another. */
async function fill(stage: Stage, topic: StagedTopic, count: number, ageMs = 0): Promise<void> {
  for (let index = 0; index < count; index++) {
    const records = batchOf(stage.baseTime - ageMs, [value]);
    await stage.main.call("Produce", 7, produceTo(topic, [{ records }]));
  }
}

async function startBecomes(stage: Stage, topic: StagedTopic, wanted: number): Promise<void> {
  await stage.until(
    `the log to start at ${wanted}`,
    () => stage.main.call("ListOffsets", 1, offsetAt(topic, -2)),
    ({ topics }) => topics[0]?.partitions[0]?.offset === wanted,
  );
  await stage.ask("where it starts", "ListOffsets", 1, offsetAt(topic, -2));
  await stage.ask("where it ends", "ListOffsets", 1, offsetAt(topic, -1));
}

const set = (stage: Stage, topic: StagedTopic, name: string, setTo: string) =>
  stage.ask(`${name}=${setTo}`, "IncrementalAlterConfigs", 1, {
    resources: [{ resourceType: 2, resourceName: topic.name, configs: [{ name, configOperation: 0, value: setTo }] }],
    validateOnly: false,
  });

const smallSegments = { "segment.bytes": "1048576" };

export const retentionScenarios: readonly Scenario[] = [
  {
    name: "retention by size gives up whole segments, oldest first, and keeps at least what it promises",
    cases: [17],
    shows: ['"offset":4', '"offset":7', "OFFSET_OUT_OF_RANGE"],
    async run(stage) {
      const topic = await stage.topic("by-size", { configs: smallSegments });
      await fill(stage, topic, 7);
      await set(stage, topic, "retention.bytes", "1100000");
      await startBecomes(stage, topic, 4);
      await stage.ask("below the start", "Fetch", 4, fetchFrom(topic, [{ fetchOffset: 3 }]));
      await set(stage, topic, "retention.bytes", "0");
      await startBecomes(stage, topic, 7);
      await fill(stage, topic, 1);
      await stage.ask("the next offset", "ListOffsets", 1, offsetAt(topic, -1));
    },
  },
  {
    name: "retention by time gives up segments whose newest record is too old, the newest segment too",
    shows: ['"offset":2', '"offset":4'],
    async run(stage) {
      const topic = await stage.topic("by-time", { configs: { ...smallSegments, "retention.ms": "86400000" } });
      // Two days old, and then an hour.
      await fill(stage, topic, 2, 172_800_000);
      await fill(stage, topic, 2);
      await startBecomes(stage, topic, 2);
      await set(stage, topic, "retention.ms", "60000");
      await startBecomes(stage, topic, 4);
      await stage.ask("from its end", "Fetch", 4, fetchFrom(topic, [{ fetchOffset: 4 }]));
    },
  },
  {
    name: "a log that is compacted gives up nothing by size or time",
    shows: ['"offset":0'],
    async run(stage) {
      const topic = await stage.topic("compacted", {
        configs: { ...smallSegments, "cleanup.policy": "compact", "retention.ms": "1000", "retention.bytes": "1000" },
      });
      const deleted = await stage.topic("deleted", { configs: { "retention.ms": "1000" } });
      await fill(stage, topic, 4);
      await fill(stage, deleted, 1);
      // When the other one has been looked at, this one has been too.
      await startBecomes(stage, deleted, 1);
      await startBecomes(stage, topic, 0);
    },
  },
];
