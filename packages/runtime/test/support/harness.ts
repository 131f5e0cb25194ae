import { memory } from "@millrace/driver-memory";
import { type BrokerEngine, createBrokerEngine } from "@millrace/embedded-kafka";
import { createKafka, type Kafka, type KafkaRecord, readTopics } from "@millrace/kafka";
import { waitFor } from "@millrace/testing";
import { onTestFinished } from "vitest";

/** A cluster in memory and one connection to it, closed with the test. */
export interface Cluster {
  readonly engine: BrokerEngine;
  readonly kafka: Kafka;
  /** Another connection, as another process would have. */
  readonly connect: (clientId?: string) => Kafka;
  /** Everything on a topic now. */
  readonly read: (topic: string) => Promise<KafkaRecord[]>;
  /** The group's offset of partition 0, -1 when there is none. */
  readonly committed: (group: string, topic: string, partition?: number) => number;
}

export function createCluster(options: { readonly autoCreateTopics?: boolean } = {}): Cluster {
  const engine = createBrokerEngine({ groups: { minSessionTimeoutMs: 100 }, ...options });
  const driver = memory({ engine });
  const connect = (clientId = "test"): Kafka => {
    const made = createKafka({ driver, clientId });
    onTestFinished(() => made.close());
    return made;
  };
  onTestFinished(() => engine.close());
  const kafka = connect();
  return {
    engine,
    kafka,
    connect,
    async read(topic) {
      const records: KafkaRecord[] = [];
      for await (const record of readTopics(kafka, [topic])) records.push(record);
      return records;
    },
    committed: (group, topic, partition = 0) =>
      engine.offsets(group).find((stored) => stored.topic === topic && stored.partition === partition)?.offset ?? -1,
  };
}

/** Waits for a condition, a little longer than usual: the machine may be busy. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 15_000): Promise<void> {
  await waitFor(condition, { what, timeoutMs, intervalMs: 5 });
}
