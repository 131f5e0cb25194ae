import type { Admin } from "@millrace/kafka";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openClinic } from "./support/clinic.ts";

const configs = fc.record(
  {
    "min.insync.replicas": fc.constant("1"),
    "min.cleanable.dirty.ratio": fc.constantFrom("0.50", "0.25", "1.0"),
    "compression.type": fc.constantFrom("producer", "zstd"),
    "unclean.leader.election.enable": fc.constantFrom("TRUE", "false"),
    "retention.bytes": fc.constantFrom("-1", "1000000"),
    "segment.ms": fc.constantFrom("60000", "604800000"),
  },
  { requiredKeys: [] },
);
const declarations = fc.uniqueArray(
  fc.record(
    {
      name: fc.stringMatching(/^[a-z][a-z0-9-]{0,7}$/),
      partitions: fc.integer({ min: 1, max: 4 }),
      replicationFactor: fc.integer({ min: 1, max: 3 }),
      cleanup: fc.constantFrom("delete", "compact", "compact,delete"),
      retentionMs: fc.constantFrom(-1, 120_000, 604_800_000),
      maxMessageBytes: fc.integer({ min: 1_048_576, max: 20_000_000 }),
      configs,
    },
    { requiredKeys: ["name"] },
  ),
  { minLength: 1, maxLength: 5, selector: ({ name }) => name },
);

const set = (configName: string, value: string) => async (admin: Admin, name: string) =>
  await admin.alterConfigs([{ type: "topic", name, set: { [configName]: value } }]);

/** What may become of a topic, and what is found then. */
const harms: readonly (readonly [problem: string, harm: (admin: Admin, name: string) => Promise<unknown>])[] = [
  ["topic-missing", async (admin, name) => await admin.deleteTopics([name])],
  ["partition-count-differs", async (admin, name) => await admin.createPartitions(name, 5)],
  ["min-isr-above-replication", set("min.insync.replicas", "4")],
  ["compaction-instead-of-deletion", set("cleanup.policy", "compact")],
  ["message-limit-below-producer", set("max.message.bytes", "1048575")],
  ["retention-below-retry-delay", set("retention.ms", "29999")],
];

test("a cluster made from declarations is clean, whatever they are; what becomes of one topic afterwards is found, of that topic alone", async () => {
  const { kafka, findings } = await openClinic({ nodes: 3 });
  const admin = kafka.admin();
  const config = { producer: {}, retry: { initialMs: 30_000 }, transactions: {} };
  await fc.assert(
    fc.asyncProperty(declarations, fc.nat(), fc.constantFrom(...harms), async (declared, nth, [problem, harm]) => {
      await admin.deleteTopics(await admin.listTopics());
      const topics = declared.map((options) => defineTopic({ ...options, key: string(), value: string() }));
      await admin.ensureTopics(topics);
      expect(await findings({ topics, groups: ["billing"], config })).toEqual([]);
      const { name, partitions, cleanup } = topics[nth % topics.length]!;
      await harm(admin, name);
      const found = await findings({ topics, groups: ["billing"], config });
      expect(new Set(found.map((text) => text.split(/ of topic |, /)[1]))).toEqual(new Set(found.length === 0 ? [] : [name]));
      const isDeclared =
        problem === "partition-count-differs"
          ? partitions !== undefined
          : problem !== "compaction-instead-of-deletion" || cleanup === "delete";
      const isAged = problem !== "retention-below-retry-delay" || cleanup !== "compact";
      expect(found.includes(`${problem} of topic ${name}`), `${problem} among ${found.join()}`).toBe(isDeclared && isAged);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 15_000 },
  );
});
