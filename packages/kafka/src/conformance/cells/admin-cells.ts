import { strict as assert } from "node:assert";
import { string } from "@millrace/serdes";
import { defineTopic } from "@millrace/topics";
import { KafkaError } from "../../kafka-error.ts";
import { text } from "../cell-context.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

const options = { validateOnly: false, timeoutMs: 10_000 };

/** Asking and changing a cluster. */
export const adminCells: readonly ConformanceCell[] = [
  {
    name: "admin: topics are validated only, created, described, listed and deleted",
    requires: ["produce"],
    async run({ admin, name }) {
      const topic = name("conformance");
      const wanted = [{ name: topic, partitions: 3, replicationFactor: 1, configs: { "retention.ms": "60000" } }];
      assert.deepEqual(await admin.createTopics(wanted, { ...options, validateOnly: true }), [topic]);
      assert.deepEqual(await admin.describeTopics([topic]), []);
      assert.deepEqual(await admin.createTopics(wanted, options), [topic]);
      assert.deepEqual(await admin.createTopics(wanted, options), []);
      const [described] = await until("the topic's description", async () => {
        const found = await admin.describeTopics([topic, name("absent")]);
        return found.length === 1 ? found : undefined;
      });
      assert.equal(described!.name, topic);
      assert.deepEqual(
        described!.partitions.map(({ partition, replicas }) => [partition, replicas.length]).sort(([a], [b]) => a! - b!),
        [
          [0, 1],
          [1, 1],
          [2, 1],
        ],
      );
      assert.ok((await admin.listTopics()).includes(topic));
      await admin.deleteTopics([topic], options);
      await admin.deleteTopics([topic], options);
      await until("the topic's absence", async () => !(await admin.listTopics()).includes(topic));
      await assert.rejects(
        admin.createTopics([{ name: "not a name", partitions: 1, replicationFactor: 1, configs: {} }], options),
        (error) => {
          return KafkaError.is(error) && error.kafkaError === "INVALID_TOPIC_EXCEPTION";
        },
      );
    },
  },
  {
    name: "admin: partitions are added, never taken away; configs are told",
    requires: ["produce"],
    async run({ admin, topic }) {
      const name = await topic({ configs: { "retention.ms": "60000", "cleanup.policy": "compact" } });
      await admin.createPartitions(name, 4);
      await until("four partitions", async () => (await admin.describeTopics([name]))[0]!.partitions.length === 4);
      await assert.rejects(admin.createPartitions(name, 2), (error) => KafkaError.is(error) && error.kafkaError === "INVALID_PARTITIONS");
      const configs = (await admin.describeTopicConfigs([name])).get(name)!;
      assert.equal(configs["retention.ms"], "60000");
      assert.equal(configs["cleanup.policy"], "compact");
      assert.equal(typeof configs["max.message.bytes"], "string");
    },
  },
  {
    name: "admin: declared topics are created once, then verified, and every difference is told, and altered where that is asked for",
    requires: ["produce"],
    async run({ admin, name }) {
      const declare = (topic: string, partitions: number, retentionMs: number) =>
        defineTopic({ name: topic, key: string(), value: string(), partitions, replicationFactor: 1, retentionMs });
      const topic = name("conformance");
      try {
        const nothing = { differences: [], changes: [], warnings: [] };
        assert.deepEqual(await admin.ensureTopics([declare(topic, 2, 60_000)], { mode: "verify" }), [
          { ...nothing, topic, action: "missing", differences: ["it does not exist"] },
        ]);
        assert.deepEqual(await admin.ensureTopics([declare(topic, 2, 60_000)]), [{ ...nothing, topic, action: "created" }]);
        assert.deepEqual(await admin.ensureTopics([declare(topic, 2, 60_000)]), [{ ...nothing, topic, action: "verified" }]);
        assert.deepEqual(await admin.ensureTopics([declare(topic, 3, 5_000)]), [
          {
            ...nothing,
            topic,
            action: "differs",
            differences: ["it has 2 partitions, 3 are declared", "retention.ms is 60000, 5000 is declared"],
          },
        ]);
        assert.deepEqual(await admin.ensureTopics([declare(topic, 3, 5_000)], { mode: "alter" }), [
          {
            ...nothing,
            topic,
            action: "altered",
            changes: ["partitions was 2 and is 3 now", "retention.ms was 60000 and is 5000 now"],
          },
        ]);
        await until("a topic as it is declared", async () => {
          const [report] = await admin.ensureTopics([declare(topic, 3, 5_000)], { mode: "verify" });
          return report!.action === "verified";
        });
        assert.deepEqual(await admin.ensureTopics([declare(topic, 1, 5_000)], { mode: "alter" }), [
          {
            ...nothing,
            topic,
            action: "differs",
            differences: ["it has 3 partitions, 1 are declared; partitions are never taken away"],
          },
        ]);
      } finally {
        await admin.deleteTopics([topic], options);
      }
    },
  },
  {
    name: "admin: groups are listed, described with their members, and deleted when empty",
    requires: ["produce", "consumer-groups"],
    async run({ admin, connect, consume, name, topic }) {
      const topicName = await topic({ partitions: 2 });
      // A legal group id that would be no legal topic name.
      const group = `${name("team")} a/billing:v2`;
      const reader = await consume(topicName, { kafka: connect({ clientId: "conformance-client" }), group });
      const [claim] = await reader.holds(2);
      await reader.consumer.commit([{ claim: claim!, offset: 0 }]);
      assert.ok((await admin.listGroups()).some((listed) => listed.group === group));
      const described = await until("a stable group", async () => {
        const [found] = await admin.describeGroups([group]);
        return found?.state === "stable" ? found : undefined;
      });
      assert.deepEqual([described.group, described.protocolType, described.members.length], [group, "consumer", 1]);
      assert.equal(described.members[0]!.clientId, "conformance-client");
      assert.deepEqual(
        [...described.members[0]!.assignment].sort((a, b) => a.partition - b.partition),
        [0, 1].map((partition) => ({ topic: topicName, partition })),
      );
      await assert.rejects(admin.deleteGroups([group]), (error) => KafkaError.is(error) && error.kafkaError === "NON_EMPTY_GROUP");
      await reader.consumer.close();
      await until("an empty group", async () => (await admin.describeGroups([group]))[0]?.state === "empty");
      await admin.deleteGroups([group]);
      assert.ok(!(await admin.listGroups()).some((listed) => listed.group === group));
    },
  },
  {
    name: "admin: a group's offsets are set and read, with metadata, and a member starts there",
    requires: ["produce", "consumer-groups", "commit-metadata"],
    async run({ admin, consume, fill, name, topic }) {
      const topicName = await topic();
      await fill(topicName, ["a", "b", "c"]);
      const group = name("group");
      const wanted = [{ topic: topicName, partition: 0, offset: 2, metadata: "by hand" }];
      await admin.setGroupOffsets(group, wanted);
      assert.deepEqual(
        (await admin.groupOffsets(group, [topicName])).filter(({ offset }) => offset >= 0),
        wanted,
      );
      const reader = await consume(topicName, { group });
      await reader.hasRecords(1);
      assert.deepEqual(reader.values, ["c"]);
    },
  },
  {
    name: "admin: offsets are found at the beginning, the end and a time; records are deleted up to one",
    requires: ["produce", "delete-records"],
    async run({ admin, kafka, topic }) {
      const name = await topic();
      const producer = kafka.producer();
      const start = Date.now() - 60_000;
      for (let index = 0; index < 5; index++) await producer.sendRaw({ ...text(name, `${index}`), timestamp: start + index * 100 });
      const place = { topic: name, partition: 0 };
      const at = async (where: "earliest" | "latest" | number): Promise<number> => (await admin.offsets([place], where))[0]!.offset;
      assert.deepEqual([await at("earliest"), await at("latest")], [0, 5]);
      assert.deepEqual([await at(start + 150), await at(start + 200), await at(start + 60_000_000)], [2, 2, -1]);
      await admin.deleteRecords([{ ...place, offset: 3 }]);
      assert.deepEqual([await at("earliest"), await at("latest")], [3, 5]);
      await assert.rejects(admin.deleteRecords([{ ...place, offset: 99 }]), (error) => {
        return KafkaError.is(error) && error.kafkaError === "OFFSET_OUT_OF_RANGE";
      });
    },
  },
];
