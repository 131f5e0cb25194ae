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
  /** For the serdes of topics, and what messages carry of the trace that they are appended in; it is not connected for that. */
  readonly kafka: Pick<Kafka, "codec"> & Partial<Pick<Kafka, "instrumentation">>;
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
    for (const message of messages) encoded.push(withContext(await encodeMessage(topic.name, codec, message), kafka.instrumentation));
    await store.append(transaction, encoded);
  }
}

/** The relay sends in a context of its own, in which nobody asked for anything: the message takes the one along that it is appended in. */
function withContext(message: RawMessage, instrumentation: Kafka["instrumentation"] | undefined): RawMessage {
  const headers = message.headers ?? [];
  const given = instrumentation?.inject?.(message.topic, message.value === null ? { headers, value: null } : { headers });
  if (given === undefined) return message;
  return { ...message, headers: [...headers, ...given.map(([name, text]) => [name, Buffer.from(text, "utf8")] as const)] };
}
