import { randomBytes } from "node:crypto";
import { withDeadline } from "@millrace/core";
import type { Admin } from "../admin/admin.ts";
import type { ConsumerOptions } from "../consumer/consumer-options.ts";
import type { Kafka, KafkaOptions } from "../kafka.ts";
import type { RawMessage, TopicPartition } from "../record.ts";
import type { ConformanceCell, ConformanceTarget } from "./conformance-cell.ts";
import { type RecordedHandlers, RecordingConsumer } from "./recording-consumer.ts";

/** What a cell is given. Everything it makes through it is cleaned up when the cell ends, well or badly. */
export interface CellContext {
  readonly target: ConformanceTarget;
  /** A connection that the cell's steps share. */
  readonly kafka: Kafka;
  /** Of `kafka`. */
  readonly admin: Admin;
  /** Another connection, as another process would have. */
  readonly connect: (options?: Omit<KafkaOptions, "driver">) => Kafka;
  /** A name that nobody else uses. */
  readonly name: (word: string) => string;
  /** Creates a topic; gives its name. */
  readonly topic: (options?: { readonly partitions?: number; readonly configs?: Readonly<Record<string, string>> }) => Promise<string>;
  /** Sends texts to one partition, 0 unless told, in one batch where they fit. */
  readonly fill: (topic: string, values: readonly string[], partition?: number) => Promise<void>;
  /** A consumer that keeps what it gets. */
  readonly consume: (
    topics: string | readonly string[] | { readonly pattern: RegExp },
    options?: Partial<ConsumerOptions> & { readonly kafka?: Kafka },
    handlers?: RecordedHandlers,
  ) => Promise<RecordingConsumer>;
  /** The same for one that is given partitions; without a group unless told. */
  readonly assign: (
    partitions: readonly TopicPartition[],
    options?: ConsumerOptions & { readonly kafka?: Kafka },
    handlers?: RecordedHandlers,
  ) => Promise<RecordingConsumer>;
}

const cellTimeoutMs = 55_000;

/** Runs one cell and cleans up behind it. */
export async function runInContext(cell: ConformanceCell, target: ConformanceTarget): Promise<void> {
  const kafkas: Kafka[] = [];
  const topics: string[] = [];
  const connect = (options?: Omit<KafkaOptions, "driver">): Kafka => {
    const kafka = target.createKafka(options);
    kafkas.push(kafka);
    return kafka;
  };
  const kafka = connect();
  const admin = kafka.admin();
  const name = (word: string): string => `${word}-${randomBytes(6).toString("hex")}`;
  const context: CellContext = {
    target,
    kafka,
    admin,
    connect,
    name,
    async topic({ partitions = 1, configs = {} } = {}) {
      const topic = name("conformance");
      topics.push(topic);
      await admin.createTopics([{ name: topic, partitions, replicationFactor: target.replicationFactor ?? 1, configs }], {
        validateOnly: false,
        timeoutMs: 10_000,
      });
      return topic;
    },
    async fill(topic, values, partition = 0) {
      const producer = kafka.producer();
      await Promise.all(values.map((value) => producer.sendRaw(text(topic, value, partition))));
      await producer.close();
    },
    async consume(names, { kafka: by = kafka, ...options } = {}, handlers = {}) {
      const consumer = by.consumer({ group: name("group"), reset: "earliest", fetchMaxWaitMs: 100, ...options });
      const recording = new RecordingConsumer(consumer, handlers);
      await recording.start(typeof names === "string" ? [names] : names);
      return recording;
    },
    async assign(partitions, { kafka: by = kafka, ...options } = {}, handlers = {}) {
      const recording = new RecordingConsumer(by.consumer({ reset: "earliest", fetchMaxWaitMs: 100, ...options }), handlers);
      await recording.assign(partitions);
      return recording;
    },
  };
  try {
    await withDeadline(cellTimeoutMs, () => cell.run(context), { what: `cell "${cell.name}"` });
  } finally {
    // Not the cell's subject: a cluster that is in trouble has made the cell fail already.
    await Promise.allSettled(kafkas.slice(1).map((other) => other.close()));
    if (topics.length > 0) await admin.deleteTopics(topics, { timeoutMs: 10_000 }).catch(() => undefined);
    await kafka.close().catch(() => undefined);
  }
}

/** A message of text. */
export function text(topic: string, value: string, partition?: number): RawMessage {
  return { topic, key: null, value: Buffer.from(value), ...(partition === undefined ? {} : { partition }) };
}
