import { strict as assert } from "node:assert";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

const six = ["0", "1", "2", "3", "4", "5"];

/** Reading partitions that are named, and topics that a pattern finds. */
export const assignCells: readonly ConformanceCell[] = [
  {
    name: "assign reads partitions without a group, and others when it is called again: what stays is read on",
    requires: ["produce"],
    async run({ admin, assign, fill, topic }) {
      const name = await topic({ partitions: 3 });
      const [first, second, third] = [0, 1, 2].map((partition) => ({ topic: name, partition }));
      await fill(name, ["a0", "a1"], 0);
      await fill(name, ["c0"], 2);
      const groups = (await admin.listGroups()).length;
      const reader = await assign([first!, second!]);
      await reader.hasRecords(2);
      assert.deepEqual(reader.values, ["a0", "a1"]);
      assert.equal(reader.consumer.groupMetadata(), null);
      const [claim] = reader.consumer.assignment();
      await reader.consumer.assign([first!, third!]);
      await reader.hasValue("c0");
      assert.ok(reader.consumer.assignment().includes(claim!), "a partition that stayed got a new claim");
      assert.deepEqual(
        reader.revoked.map(({ claims, reason }) => [claims.map(({ partition }) => partition), reason]),
        [[[1], "rebalance"]],
      );
      await fill(name, ["a2"], 0);
      await fill(name, ["b0"], 1);
      await reader.hasValue("a2");
      assert.ok(!reader.values.includes("b0"), "a partition that was given up was read");
      await reader.consumer.assign([]);
      assert.deepEqual(reader.consumer.assignment(), []);
      await assert.rejects(reader.consumer.commit([{ claim: claim!, offset: 1 }]), { code: "INVALID_OPTIONS" });
      await reader.consumer.close();
      assert.equal((await admin.listGroups()).length, groups);
    },
  },
  {
    name: "assign with a group begins at its offset and commits to it, without being its member",
    requires: ["produce", "consumer-groups"],
    async run({ admin, assign, fill, name, topic }) {
      const topicName = await topic();
      const place = { topic: topicName, partition: 0 };
      await fill(topicName, six);
      const group = name("group");
      const first = await assign([place], { group });
      await first.hasRecords(6);
      assert.deepEqual(await first.consumer.commit([{ claim: first.consumer.assignment()[0]!, offset: 4 }]), { stale: [] });
      await first.consumer.close();
      const second = await assign([place], { group });
      assert.equal(second.consumer.assignment()[0]!.startOffset, 4);
      await second.hasRecords(2);
      assert.deepEqual(second.values, ["4", "5"]);
      assert.deepEqual((await admin.groupOffsets(group, [topicName]))[0]!.offset, 4);
    },
  },
  {
    name: "a pull consumer that is given partitions seeks before it polls, to the beginning, the end, an offset and a time, on given or all",
    requires: ["produce"],
    async run({ kafka, fill, topic }) {
      const name = await topic({ partitions: 2 });
      await fill(name, six, 0);
      await fill(name, six, 1);
      const places = [0, 1].map((partition) => ({ topic: name, partition }));
      const consumer = kafka.pullConsumer({ fetchMaxWaitMs: 100 });
      await consumer.assign(places);
      const positions = (): readonly (number | null)[] => places.map((place) => consumer.position(place));
      assert.deepEqual(positions(), [6, 6]);
      await consumer.seekToBeginning();
      assert.deepEqual(positions(), [0, 0]);
      await consumer.seekToEnd([places[1]!]);
      assert.deepEqual(positions(), [0, 6]);
      await consumer.seek(places[1]!, 4);
      await consumer.seek(places[0]!, { timestamp: Date.now() + 3_600_000 });
      assert.deepEqual(positions(), [6, 4]);
      const values: string[] = [];
      await until("the records from offset 4 on", async () => {
        values.push(...(await consumer.poll({ timeoutMs: 500 })).map(({ value }) => String(value)));
        return values.length >= 2;
      });
      assert.deepEqual(values, ["4", "5"]);
      await consumer.close();
    },
  },
  {
    name: "a pattern finds the topics whose whole name it matches, and those that are made later",
    requires: ["produce", "consumer-groups"],
    async run({ admin, consume, fill, name }) {
      const word = name("pattern").replace("-", ".");
      const make = async (topic: string): Promise<void> => {
        await admin.createTopics([{ name: topic, partitions: 2, replicationFactor: 1, configs: {} }], {
          validateOnly: false,
          timeoutMs: 10_000,
        });
      };
      const topics = [`${word}.a`, `${word}.b`, `other.${word}.a`];
      try {
        await make(topics[0]!);
        await make(topics[2]!);
        const reader = await consume({ pattern: new RegExp(`${word}\\..*`) }, { metadataMaxAgeMs: 200 });
        await reader.holds(2);
        await make(topics[1]!);
        await reader.holds(4);
        await fill(topics[1]!, ["new"], 1);
        await reader.hasValue("new");
        assert.deepEqual([...new Set(reader.consumer.assignment().map(({ topic }) => topic))].sort(), topics.slice(0, 2));
        await admin.deleteTopics([topics[1]!], { timeoutMs: 10_000 });
        await reader.holds(2);
        await reader.consumer.close();
      } finally {
        await admin.deleteTopics(topics, { timeoutMs: 10_000 });
      }
    },
  },
];
