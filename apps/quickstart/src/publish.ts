import { type Kafka, readTopics } from "@millrace/kafka";
import { decodeValue } from "./decode-value.ts";
import type { Delivery, JobTopics } from "./topics.ts";

/** Publishes the deliveries that are not on the topic yet, each keyed by its repository. */
export async function publishMissing(options: {
  readonly kafka: Kafka;
  readonly topics: JobTopics;
  readonly deliveries: readonly Delivery[];
}): Promise<{ readonly published: number; readonly present: number }> {
  const { kafka, topics, deliveries } = options;
  const codec = kafka.codec(topics.deliveries);
  const present = new Set<string>();
  for await (const record of readTopics(kafka, [topics.deliveries.name])) {
    const delivery = await decodeValue(codec, record);
    if (delivery !== null) present.add(delivery.id);
  }
  const missing = deliveries.filter(({ id }) => !present.has(id));
  const producer = kafka.producer();
  try {
    await producer.sendBatch(
      topics.deliveries,
      missing.map((delivery) => ({ key: delivery.repository, value: delivery })),
    );
  } finally {
    await producer.close();
  }
  return { published: missing.length, present: deliveries.length - missing.length };
}
