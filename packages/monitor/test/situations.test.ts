import { kafkajs } from "@millrace/driver-kafkajs";
import { memory } from "@millrace/driver-memory";
import { createBrokerEngine, startEmbeddedKafka } from "@millrace/embedded-kafka";
import { createKafka, type KafkaDriver } from "@millrace/kafka";
import { expect, onTestFinished, test } from "vitest";
import { playSituations } from "./support/play-situations.ts";
import { situations } from "./support/situations.ts";

interface Ground {
  readonly driver: KafkaDriver;
  readonly compact: () => void;
}

const grounds: Readonly<Record<string, () => Promise<Ground>>> = {
  "in memory": () => {
    const engine = createBrokerEngine();
    onTestFinished(() => engine.close());
    return Promise.resolve({ driver: memory({ engine }), compact: () => engine.compact() });
  },
  "over sockets": async () => {
    const broker = await startEmbeddedKafka();
    onTestFinished(() => broker.close());
    return { driver: kafkajs({ brokers: broker.brokers }), compact: () => broker.engine.compact() };
  },
};

for (const [ground, set] of Object.entries(grounds)) {
  test(`lag in records and in time, and the status, are right in every situation, and after a restart: ${ground}`, async () => {
    const { driver, compact } = await set();
    const kafka = createKafka({ driver });
    onTestFinished(() => kafka.close());
    const { found, restarted } = await playSituations({ kafka, prefix: "played", compact });
    expect(situations.length).toBeGreaterThanOrEqual(12);
    for (const { name, expected } of situations) {
      const { groupStatus, ...partition } = expected;
      expect(found.get(name), name).toMatchObject({ status: groupStatus, partitions: [partition], complete: 1 });
      expect(restarted.get(name), `${name}, after a restart`).toMatchObject({ status: groupStatus, partitions: [partition], complete: 1 });
    }
  });
}
