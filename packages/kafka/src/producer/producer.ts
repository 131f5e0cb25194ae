import type { Topic } from "@millrace/topics";
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

/** Writes typed messages. See `ProducerOptions` for how; made by `kafka.producer()`. */
export interface Producer {
  /**
   * Sends one message; resolves when the broker has stored it as `acks` asks. Messages that the same turn of the event loop sends travel together.
   * Order: messages of one partition are stored in call order.
   */
  send<Key, Value>(topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>): Promise<RecordMetadata>;
  /** Sends many; resolves in their order when all are stored. If one fails, rejects with its error (others may be stored). */
  sendBatch<Key, Value>(topic: Topic<Key, Value>, messages: readonly OutgoingMessage<Key, Value>[]): Promise<readonly RecordMetadata[]>;
  /** Sends bytes as they are. */
  sendRaw(message: RawMessage): Promise<RecordMetadata>;
  /** Resolves when everything sent before the call has settled, or rejects with `TIMED_OUT`. @default timeoutMs 30_000 */
  flush(options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<void>;
  /** Flushes, then closes. What is not stored when the time is up is rejected. Idempotent. @default timeoutMs 30_000 */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
