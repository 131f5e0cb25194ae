import { randomBytes } from "node:crypto";
import { kafkajs } from "@millrace/driver-kafkajs";
import { createKafka } from "@millrace/kafka";
import { expect, inject, onTestFinished, test } from "vitest";
import { lagByKafka } from "./support/lag-by-kafka.ts";
import { playSituations } from "./support/play-situations.ts";
import { situations } from "./support/situations.ts";

test("on Apache Kafka, lag is what its ConsumerGroupCommand says in every situation, and time and status are right, also after a restart", async () => {
  const brokers = inject("kafkaBrokers");
  const kafka = createKafka({ driver: kafkajs({ brokers }) });
  onTestFinished(() => kafka.close());
  const { found, restarted, lags, oracle } = await playSituations({
    kafka,
    prefix: `monitor-${randomBytes(6).toString("hex")}`,
    ask: (groups) => lagByKafka(brokers, groups),
  });
  for (const { name, expected } of situations) {
    const { groupStatus, ...partition } = expected;
    for (const report of [found.get(name), restarted.get(name)]) {
      expect(report, name).toMatchObject({ status: groupStatus, partitions: [partition], complete: 1 });
      const ours = report?.partitions.map(({ topic, partition: number, committed, end, records }) => {
        return { topic, partition: number, committed, end, lag: records };
      });
      expect(oracle?.get(report?.group ?? ""), name).toEqual(ours);
    }
    const committed = found.get(name)?.partitions.filter((report) => report.committed !== null) ?? [];
    expect(lags.get(name), name).toEqual(Object.fromEntries(committed.map(({ topic, records }) => [`${topic}-0`, records])));
  }
}, 240_000);
