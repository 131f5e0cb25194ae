import type { AnyTopic, Topic } from "@millrace/topics";
import type { TopicDescription } from "../driver/admin-topics.ts";
import type { Headers, RawMessage, RecordMetadata } from "../record.ts";

/** Headers as they may be written: text becomes UTF-8. A list keeps order and repeats; a record is shorter to write. */
export type HeadersInput =
  | Headers
  | readonly (readonly [string, Buffer | string | null])[]
  | Readonly<Record<string, Buffer | string | null>>;

/** A typed message to be sent. */
export interface OutgoingMessage<Key, Value> {
  /** @default null */
  readonly key?: Key | null;
  /** null writes a tombstone. */
  readonly value: Value | null;
  readonly headers?: HeadersInput;
  /** Milliseconds since the epoch. @default the time of the call */
  readonly timestamp?: number;
  /** Wins over the partitioner. */
  readonly partition?: number;
}

/**
 * Hears what became of a message: where it was stored, or why not; the other is null. Called exactly once. What it throws is logged.
 * With a callback the promise of `send` need not be looked at.
 */
export type OnDelivery = (metadata: RecordMetadata | null, error: Error | null) => void;

/** What may be said beside a message. */
export interface SendOptions {
  readonly onDelivery?: OnDelivery;
}

/** What a producer has done since it was made, in messages unless it says otherwise. */
export interface ProducerStatistics {
  /** Accepted by `send`, `sendBatch` and `sendRaw`. `stored`, `failed` and `unsettled` add up to it. */
  readonly sent: number;
  readonly stored: number;
  readonly failed: number;
  /** Waiting for their topic, their schema, room in the buffer or the broker. */
  readonly unsettled: number;
  /** Batches that the broker has answered for. */
  readonly batches: number;
  /** Bytes of keys, values and headers in the batches stored, uncompressed, with what stands around them. */
  readonly storedBytes: number;
  /** Bytes that wait or are in flight now, of `bufferBytes`. */
  readonly bufferedBytes: number;
}

/** Writes typed messages. See `ProducerOptions` for how; made by `kafka.producer()`. */
export interface Producer {
  /**
   * Sends one message; resolves when the broker has stored it as `acks` asks. Messages that the same turn of the event loop sends travel together.
   * Order: messages of one partition are stored in call order.
   */
  send<Key, Value>(topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>, options?: SendOptions): Promise<RecordMetadata>;
  /** Sends many; resolves in their order when all are stored. If one fails, rejects with its error (others may be stored). */
  sendBatch<Key, Value>(topic: Topic<Key, Value>, messages: readonly OutgoingMessage<Key, Value>[]): Promise<readonly RecordMetadata[]>;
  /** Sends bytes as they are. */
  sendRaw(message: RawMessage, options?: SendOptions): Promise<RecordMetadata>;
  /** The partitions of a topic, who leads and who holds each. @throws KafkaError `KAFKA_UNKNOWN_TOPIC`, `KAFKA_UNREACHABLE` */
  partitionsFor(topic: string | AnyTopic): Promise<TopicDescription["partitions"]>;
  /**
   * Sends at once what lingers, and resolves when everything sent before the call has settled, well or badly, or when the time is up: with the number of
   * messages that have not settled by then, 0 when all have. What became of each message its own `send` tells. @default timeoutMs 30_000
   */
  flush(options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<number>;
  /** What this producer has done since it was made. */
  statistics(): ProducerStatistics;
  /** Flushes, then closes. What is not stored when the time is up is rejected. Idempotent. @default timeoutMs 30_000 */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
