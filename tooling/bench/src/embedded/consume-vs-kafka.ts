import type { Benchmark } from "../benchmark.ts";
import { compareSides, type Side } from "./compare-sides.ts";
import { rawKafkajs, rawProducer, thousandMessages } from "./raw-kafkajs.ts";

const batches = 100;

/** The same kafkajs program reads the same topic again and again, from the embedded broker and from Apache Kafka. */
export const consumeBatch: Benchmark = {
  name: "consume-batch-vs-kafka",
  unit: "records/s",
  setup: (context) => compareSides(openSide, context),
};

async function openSide(brokers: string[]): Promise<Side> {
  const kafka = rawKafkajs(brokers);
  const admin = kafka.admin();
  const topic = `bench-consume-${process.pid}`;
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  const producer = rawProducer(kafka);
  await producer.connect();
  const messages = thousandMessages();
  for (let batch = 0; batch < batches; batch += 1) await producer.send({ topic, messages });
  await producer.disconnect();
  const records = batches * messages.length;
  // At the end of the topic a fetch waits for nothing, and for the other side to have its turn.
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
  let received: (count: number) => boolean = () => false;
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const whole = (): Promise<number> => {
    let startedAt: number | undefined;
    let seen = 0;
    let first = 0;
    return new Promise((resolve) => {
      received = (count) => {
        seen += count;
        // The clock starts with the first answer: what is before it is waiting of the client.
        if (startedAt === undefined) {
          startedAt = performance.now();
          first = count;
        }
        const over = seen === records;
        if (over) resolve(((records - first) * 1_000) / (performance.now() - startedAt));
        return over;
      };
    });
  };
  const warm = whole();
  await consumer.run({
    autoCommit: false,
    eachBatch: async (payload) => {
      // The other side's turn must not be shared with fetches of this one.
      if (received(payload.batch.messages.length)) payload.pause();
    },
  });
  await warm;
  return {
    async round() {
      const rate = whole();
      consumer.seek({ topic, partition: 0, offset: "0" });
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
