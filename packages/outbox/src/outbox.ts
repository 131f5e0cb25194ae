import type { Kafka, OutgoingMessage, RawMessage } from "@millrace/kafka";
import type { Topic } from "@millrace/topics";
import { encodeMessage } from "./encode-message.ts";
import type { OutboxStore } from "./outbox-store.ts";

/** Takes messages in a transaction of the application's database instead of sending them. */
export interface Outbox<Transaction> {
  /** Encodes a message and appends it: it will be published if the transaction commits, and only then. */
  append<Key, Value>(transaction: Transaction, topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>): Promise<void>;
  /** Encodes many of one topic and appends them in their order. */
  appendBatch<Key, Value>(
    transaction: Transaction,
    topic: Topic<Key, Value>,
    messages: readonly OutgoingMessage<Key, Value>[],
  ): Promise<void>;
}

/**
 * Makes an outbox. Its messages are published by a relay, which may be in another process: `createOutboxRelay`. Holds nothing open; a schema that a message needs is
 * asked for while the transaction waits.
 */
export function createOutbox<Transaction>(options: {
  /** For the serdes of topics; it is not connected for that. */
  readonly kafka: Pick<Kafka, "codec">;
  readonly store: Pick<OutboxStore<Transaction>, "append">;
}): Outbox<Transaction> {
  const { kafka, store } = options;
  return {
    append: (transaction, topic, message) => appendAll(transaction, topic, [message]),
    appendBatch: appendAll,
  };

  async function appendAll<Key, Value>(
    transaction: Transaction,
    topic: Topic<Key, Value>,
    messages: readonly OutgoingMessage<Key, Value>[],
  ): Promise<void> {
    const codec = kafka.codec(topic);
    const encoded: RawMessage[] = [];
    for (const message of messages) encoded.push(await encodeMessage(topic.name, codec, message));
    await store.append(transaction, encoded);
  }
}
