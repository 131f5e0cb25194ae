import { platformatic } from "@millrace/driver-platformatic";
import { createKafka, readTopics } from "@millrace/kafka";
import { createRuntime } from "@millrace/runtime";
import { json, string } from "@millrace/serdes";
import { waitFor } from "@millrace/testing";
import { defineTopic } from "@millrace/topics";
import { expect, inject, test } from "vitest";
import { groupLags } from "../src/index.ts";

const records = 400;

for (const exactlyOnce of [false, true]) {
  const mode = exactlyOnce ? "exactly once" : "at least once";
  test(`${mode}: on a compacted topic that ends in an aborted transaction Apache Kafka's own tool tells of no lag`, {
    timeout: 180_000,
  }, async () => {
    const brokers = inject("kafkaThreeNodeBrokers");
    const kafka = createKafka({ driver: platformatic({ brokers }) });
    const name = `lag-${exactlyOnce}-${Date.now()}`;
    try {
      const configs = {
        "cleanup.policy": "compact",
        "segment.ms": "100",
        "min.cleanable.dirty.ratio": "0.01",
        "max.compaction.lag.ms": "100",
      };
      await kafka
        .admin()
        .createTopics([{ name, partitions: 1, replicationFactor: 3, configs }], { validateOnly: false, timeoutMs: 30_000 });
      const producer = kafka.producer();
      const send = async (key: string): Promise<void> =>
        void (await producer.sendRaw({ topic: name, key: Buffer.from(key), value: Buffer.from("1") }));
      for (let number = 0; number < records; number++) await send(`k${number % 3}`);
      // A new segment begins, so that the one before can be compacted.
      await waitFor(
        async () => {
          await send("k0");
          let left = 0;
          for await (const _ of readTopics(kafka, [name])) left++;
          return left < records / 2;
        },
        { what: "the topic is compacted", timeoutMs: 90_000, intervalMs: 500 },
      );
      const transactional = kafka.transactionalProducer({ transactionalId: name });
      await transactional.begin();
      await transactional.sendRaw({ topic: name, key: Buffer.from("k9"), value: Buffer.from("1") });
      await transactional.abort();

      let aborted = 0;
      const runtime = createRuntime({ kafka, group: name, commitIntervalMs: 100 });
      runtime.process(defineTopic({ name, key: string(), value: json<number>() }), { deadLetter: {}, exactlyOnce }, ({ key }) => {
        if (key === "k9") aborted++;
      });
      await runtime.start();
      await waitFor(async () => [...((await groupLags(brokers, [name])).get(name)?.values() ?? [1])].every((lag) => lag === 0), {
        what: "a lag of 0",
        timeoutMs: 60_000,
      });
      await runtime.stop();
      expect((await groupLags(brokers, [name])).get(name)?.get(name)).toBe(0);
      expect(aborted).toBe(0);
    } finally {
      await kafka.close();
    }
  });
}
