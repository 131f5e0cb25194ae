import type { Kafka } from "@millrace/kafka";
import { Consumer } from "@platformatic/kafka";
import { rawKafkajs } from "../embedded/raw-kafkajs.ts";
import { ReadingClock } from "./reading-clock.ts";

/** Reads a topic from its beginning to its end, as often as it is told to, and rests in between. */
export interface TopicReader {
  /** Records a second. */
  read(): Promise<number>;
  close(): Promise<void>;
}

const partitions = [0, 1, 2];

/** millrace's `consume`. */
export async function openOurReader(kafka: Kafka, topic: string, records: number): Promise<TopicReader> {
  const consumer = kafka.consumer({ group: `${topic}-ours`, reset: "earliest" });
  const all = partitions.map((partition) => ({ topic, partition }));
  let clock: ReadingClock | undefined;
  const { promise: assigned, resolve } = Promise.withResolvers<void>();
  await consumer.consume([topic], {
    onAssigned: () => {
      consumer.pause(all);
      resolve();
    },
    onBatch: ({ records: { length } }) => {
      if (clock?.count(length) === true) consumer.pause(all);
    },
  });
  await assigned;
  return {
    async read() {
      await Promise.all(all.map((partition) => consumer.seek(partition, "beginning")));
      clock = new ReadingClock(records);
      consumer.resume(all);
      return await clock.rate;
    },
    close: () => consumer.close(),
  };
}

/** kafkajs's `eachBatch`, committing nothing. */
export async function openKafkajsReader(brokers: string[], topic: string, records: number): Promise<TopicReader> {
  // So often a paused consumer looks whether it may go on.
  const consumer = rawKafkajs(brokers).consumer({ groupId: `${topic}-kafkajs`, maxWaitTimeInMs: 20 });
  let clock: ReadingClock | undefined;
  const joined = new Promise<void>((resolve) => void consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: (payload) => {
      if (clock === undefined || clock.count(payload.batch.messages.length)) {
        consumer.pause([{ topic }]);
      }
      return Promise.resolve();
    },
  });
  await joined;
  return {
    async read() {
      consumer.pause([{ topic }]);
      for (const partition of partitions) consumer.seek({ topic, partition, offset: "0" });
      clock = new ReadingClock(records);
      consumer.resume([{ topic }]);
      return await clock.rate;
    },
    close: () => consumer.disconnect(),
  };
}

/** A stream of @platformatic/kafka's for each reading, committing nothing. */
export function openPlatformaticReader(brokers: string[], topic: string, records: number): TopicReader {
  const consumer = new Consumer({ clientId: "bench", bootstrapBrokers: brokers, groupId: `${topic}-platformatic`, autocommit: false });
  return {
    async read() {
      const clock = new ReadingClock(records);
      const offsets = partitions.map((partition) => ({ topic, partition, offset: 0n }));
      const stream = await consumer.consume({ topics: [topic], mode: "manual", offsets });
      stream.on("data", () => clock.count(1));
      const rate = await clock.rate;
      await stream.close();
      return rate;
    },
    close: () => consumer.close(true),
  };
}
