import type { Producer } from "@millrace/kafka";
import type { Topic } from "@millrace/topics";
import type { Benchmark } from "../benchmark.ts";
import { benchTopic, type DriverName, ourKafka, valueBytes } from "./our-kafka.ts";
import { openRawProducer, type RawProducer } from "./raw-producer.ts";

/** What one side of a comparison does in a round: so many callers, each waiting for what it sent before it sends the next. */
interface Work {
  readonly callers: number;
  /** Messages of one call. */
  readonly batch: number;
  /** Calls of a round. */
  readonly calls: number;
}

interface SendComparison {
  readonly name: string;
  readonly driver: DriverName;
  readonly library: DriverName;
  readonly ours: Work;
  readonly peer: Work;
}

const busy = { callers: 100, batch: 1 };
const alone = { callers: 1, batch: 1 };
/** A call at a time is what both do best with: the next is made while the answer travels, by nobody. */
const batches = { callers: 1, batch: 1_000, calls: 40 };

const comparisons: readonly SendComparison[] = [
  // A hundred callers, each waiting for its message before it sends the next: a busy service.
  { name: "send-100-vs-kafkajs", driver: "kafkajs", library: "kafkajs", ours: { ...busy, calls: 40_000 }, peer: { ...busy, calls: 5_000 } },
  {
    name: "platformatic-send-100-vs-kafkajs",
    driver: "platformatic",
    library: "kafkajs",
    ours: { ...busy, calls: 60_000 },
    peer: { ...busy, calls: 5_000 },
  },
  {
    name: "send-100-vs-platformatic",
    driver: "platformatic",
    library: "platformatic",
    ours: { ...busy, calls: 60_000 },
    peer: { ...busy, calls: 5_000 },
  },
  // One caller that waits for each message: batching gains nothing here, and must cost nothing.
  // The two names are of one measurement, done twice: it has been asked for by both.
  { name: "send-1-vs-kafkajs", driver: "kafkajs", library: "kafkajs", ours: { ...alone, calls: 1_000 }, peer: { ...alone, calls: 1_000 } },
  { name: "send-1-vs-driver", driver: "kafkajs", library: "kafkajs", ours: { ...alone, calls: 1_000 }, peer: { ...alone, calls: 1_000 } },
  {
    name: "platformatic-send-1-vs-driver",
    driver: "platformatic",
    library: "platformatic",
    ours: { ...alone, calls: 1_000 },
    peer: { ...alone, calls: 1_000 },
  },
  // Single sends against the library's own batches of a thousand, the most that it can do.
  { name: "send-100-vs-batch-ceiling", driver: "kafkajs", library: "kafkajs", ours: { ...busy, calls: 40_000 }, peer: batches },
  { name: "batch-vs-driver", driver: "kafkajs", library: "kafkajs", ours: batches, peer: batches },
  { name: "platformatic-batch-vs-driver", driver: "platformatic", library: "platformatic", ours: batches, peer: batches },
];

/** Sends of millrace beside those of the raw libraries: the same messages with the same settings, each awaited by its caller. */
export const sendBenchmarks: readonly Benchmark[] = comparisons.map(({ name, driver, library, ours, peer }) => ({
  name,
  unit: "messages/s",
  setup: async ({ kafkaBrokers: brokers = [] }) => {
    const topic = benchTopic(name);
    const kafka = ourKafka(driver, brokers);
    const admin = kafka.admin();
    await admin.ensureTopics([topic]);
    const producer = kafka.producer({ acks: "all", idempotent: false });
    const raw = await openRawProducer(library, brokers);
    return {
      ours: () => rate(ours, ourSend(producer, topic, ours)),
      peer: () => rate(peer, rawSend(raw, topic.name, peer)),
      close: async () => {
        await raw.close();
        await admin.deleteTopics([topic.name], { timeoutMs: 10_000 });
        await kafka.close();
      },
    };
  },
}));

/** A call of ours. */
export function ourSend(producer: Producer, topic: Topic<Buffer, Buffer>, { batch }: Pick<Work, "batch">): () => Promise<unknown> {
  const value = Buffer.alloc(valueBytes, "x");
  const values = Array.from({ length: batch }, () => value);
  // What a message looks like is made anew in each call, as on the other side.
  return batch === 1
    ? () => producer.send(topic, { value })
    : () =>
        producer.sendBatch(
          topic,
          values.map((each) => ({ value: each })),
        );
}

function rawSend(raw: RawProducer, topic: string, { batch }: Pick<Work, "batch">): () => Promise<unknown> {
  const values = Array.from({ length: batch }, () => Buffer.alloc(valueBytes, "x"));
  return () => raw.send(topic, values);
}

/** Messages a second. */
export async function rate({ callers, batch, calls }: Work, send: () => Promise<unknown>): Promise<number> {
  let left = calls;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return (calls * batch * 1_000) / (performance.now() - startedAt);
}
