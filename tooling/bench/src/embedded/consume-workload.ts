import { rawKafkajs, rawProducer, thousandMessages } from "./raw-kafkajs.ts";
import { roundMs, type Workload } from "./workload.ts";

const batches = 50;

/** Reads a topic of its own that was written in batches of a thousand, from its beginning again whenever it is at its end. */
export async function openConsumeWorkload(brokers: string[]): Promise<Workload> {
  const kafka = rawKafkajs(brokers);
  const admin = kafka.admin();
  const topic = `bench-consume-${process.pid}`;
  await admin.connect();
  // To wait for leaders here fails where a broker does not know of the topic at once; the first batch waits as well.
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: false });
  const producer = rawProducer(kafka);
  await producer.connect();
  const messages = thousandMessages();
  for (let batch = 0; batch < batches; batch += 1) await producer.send({ topic, messages });
  await producer.disconnect();
  const lastOffset = String(batches * messages.length - 1);
  // So often a paused consumer looks whether it may go on, and so far apart the clients of a round may begin.
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 20 });
  /** Says whether the round is over. */
  let received: (count: number) => boolean = () => true;
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async (payload) => {
      const over = received(payload.batch.messages.length);
      if (payload.batch.lastOffset() === lastOffset) consumer.seek({ topic, partition: 0, offset: "0" });
      if (over) payload.pause();
    },
  });
  return {
    async round() {
      let startedAt: number | undefined;
      let seen = 0;
      const rate = new Promise<number>((resolve) => {
        received = (count) => {
          const now = performance.now();
          // The clock starts with the first answer: what is before it is waiting of the client.
          if (startedAt === undefined) {
            startedAt = now;
            return false;
          }
          seen += count;
          const over = now >= startedAt + roundMs;
          if (over) {
            received = () => true;
            resolve((seen * 1_000) / (now - startedAt));
          }
          return over;
        };
      });
      consumer.resume([{ topic }]);
      return await rate;
    },
    async close() {
      await consumer.disconnect();
      await admin.deleteTopics({ topics: [topic] });
      await admin.disconnect();
    },
  };
}
