import { strict as assert } from "node:assert";
import type { PullConsumer } from "../../consumer/pull-consumer.ts";
import type { KafkaRecord } from "../../record.ts";
import type { ConformanceCell } from "../conformance-cell.ts";
import { until } from "../until.ts";

const digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const valuesOf = (records: readonly KafkaRecord[]): readonly string[] => records.map(({ value }) => String(value));

/** Reading by asking. */
export const pullCells: readonly ConformanceCell[] = [
  {
    name: "poll answers records in order and in the number asked for, and nothing after its time",
    requires: ["produce", "consumer-groups"],
    async run({ kafka, topic, fill, name }) {
      const topicName = await topic();
      await fill(topicName, digits);
      const consumer = kafka.pullConsumer({ group: name("pull"), reset: "earliest", fetchMaxWaitMs: 100 });
      await consumer.subscribe([topicName]);
      const first = await pollUntil(consumer, 4, 4);
      assert.deepEqual(valuesOf(first), digits.slice(0, 4));
      assert.equal(consumer.position({ topic: topicName, partition: 0 }), 4);
      assert.deepEqual(valuesOf(await pollUntil(consumer, 6)), digits.slice(4));
      assert.deepEqual(await consumer.poll({ timeoutMs: 50 }), []);
      assert.deepEqual(consumer.subscription(), [topicName]);
      await consumer.close();
      await assert.rejects(consumer.poll(), { code: "CLOSED" });
    },
  },
  {
    name: "what was polled and committed, now or in the background, is where the next member starts",
    requires: ["produce", "consumer-groups"],
    async run({ kafka, topic, fill, name }) {
      const topicName = await topic();
      await fill(topicName, digits);
      const group = name("pull");
      const place = { topic: topicName, partition: 0 };
      const first = kafka.pullConsumer({ group, reset: "earliest" });
      await first.subscribe([topicName]);
      await pollUntil(first, 3, 3);
      assert.deepEqual(await first.commit(), { stale: [] });
      await pollUntil(first, 2, 2);
      const heard = Promise.withResolvers<Error | null>();
      first.commitAsync(heard.resolve);
      assert.equal(await heard.promise, null);
      assert.equal((await first.committed([place]))[0]!.offset, 5);
      await pollUntil(first, 1, 1);
      await first.close();
      const second = kafka.pullConsumer({ group, reset: "earliest" });
      await second.subscribe([topicName]);
      assert.deepEqual(valuesOf(await pollUntil(second, 5)), digits.slice(5));
      await second.close({ commit: true });
      const third = kafka.pullConsumer({ group, reset: "earliest", autoCommitMs: 50 });
      await third.subscribe([topicName]);
      await fill(topicName, ["last"]);
      assert.deepEqual(valuesOf(await pollUntil(third, 1)), ["last"]);
      await until("the automatic commit", async () => {
        await third.poll({ timeoutMs: 20 });
        return (await third.committed([place]))[0]!.offset === 11;
      });
    },
  },
  {
    name: "the loop reads record by record, through seeks and pauses, until the consumer is closed",
    requires: ["produce", "consumer-groups"],
    async run({ kafka, topic, fill, name }) {
      const topicName = await topic({ partitions: 2 });
      await fill(topicName, digits.slice(0, 5), 0);
      const consumer = kafka.pullConsumer({ group: name("pull"), reset: "earliest", fetchMaxWaitMs: 100 });
      await consumer.subscribe([topicName]);
      const seen: string[] = [];
      for await (const { value } of consumer) {
        seen.push(String(value));
        if (seen.length === 5) {
          consumer.pause([{ topic: topicName, partition: 1 }]);
          await fill(topicName, ["held"], 1);
          await consumer.seekToBeginning([{ topic: topicName, partition: 0 }]);
        }
        if (seen.length === 10) {
          assert.ok(!seen.includes("held"), "a paused partition was polled");
          consumer.resume();
        }
        if (seen.at(-1) === "held") await consumer.close();
      }
      assert.deepEqual(seen, [...digits.slice(0, 5), ...digits.slice(0, 5), "held"]);
    },
  },
];

/** Polls until so many records came. */
async function pollUntil(consumer: PullConsumer, count: number, maxRecords = 500): Promise<readonly KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  await until(`${count} polled records`, async () => {
    records.push(...(await consumer.poll({ timeoutMs: 1_000, maxRecords: Math.min(maxRecords, count - records.length) })));
    return records.length >= count;
  });
  return records;
}
