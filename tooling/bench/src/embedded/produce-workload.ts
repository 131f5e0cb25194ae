import { rawKafkajs, rawProducer, thousandMessages } from "./raw-kafkajs.ts";
import { roundMs, type Workload } from "./workload.ts";

/** Sends batches of a thousand to a topic of its own, each when the one before is acknowledged. */
export async function openProduceWorkload(brokers: string[]): Promise<Workload> {
  const kafka = rawKafkajs(brokers);
  const admin = kafka.admin();
  const producer = rawProducer(kafka);
  const topic = `bench-produce-${process.pid}`;
  await admin.connect();
  // Rounds write more than they need to keep.
  const configEntries = [
    { name: "retention.bytes", value: "50000000" },
    { name: "segment.bytes", value: "20000000" },
  ];
  // To wait for leaders here fails where a broker does not know of the topic at once; the first batch waits as well.
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: false });
  await producer.connect();
  const messages = thousandMessages();
  return {
    async round() {
      const startedAt = performance.now();
      let sent = 0;
      let now = startedAt;
      while (now < startedAt + roundMs) {
        await producer.send({ topic, messages });
        sent += messages.length;
        now = performance.now();
      }
      return (sent * 1_000) / (now - startedAt);
    },
    async close() {
      await producer.disconnect();
      await admin.deleteTopics({ topics: [topic] });
      await admin.disconnect();
    },
  };
}
