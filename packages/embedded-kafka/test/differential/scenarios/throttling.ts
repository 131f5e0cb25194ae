import { batchOf, fetchFrom, produceTo } from "../request-bodies.ts";
import type { Scenario } from "../scenario.ts";

export const throttlingScenarios: readonly Scenario[] = [
  {
    name: "nobody is held back where no quota is set",
    cases: [28],
    shows: ['"heldBackMs":0'],
    async run(stage) {
      const topic = await stage.topic("throttled");
      const group = await stage.group("throttled");
      const records = batchOf(stage.baseTime, ["x".repeat(100_000)]);
      // The normaliser leaves throttle times out: nowhere else is it known that a quota is not at work.
      const record = (label: string, { throttleTimeMs }: { readonly throttleTimeMs: number }): void =>
        stage.record(label, { heldBackMs: throttleTimeMs });
      for (let round = 1; round <= 3; round++) {
        record(`produced ${round}`, await stage.main.call("Produce", 9, produceTo(topic, [{ records }], { version: 9 })));
        const fetch = fetchFrom(topic, [{ fetchOffset: 0 }], { version: 11 });
        record(`fetched ${round}`, await stage.main.call("Fetch", 11, { ...fetch, sessionEpoch: -1 }));
      }
      record("metadata", await stage.main.call("Metadata", 9, { topics: [{ name: topic.name }] }));
      record("versions", await stage.main.call("ApiVersions", 2, {}));
      record("offsets", await stage.main.call("OffsetFetch", 6, { groupId: group, topics: null }));
      const topics = [{ name: stage.name("not made"), numPartitions: 1, replicationFactor: 1 }];
      record("validated", await stage.main.call("CreateTopics", 6, { topics, timeoutMs: 5_000, validateOnly: true }));
    },
  },
];
