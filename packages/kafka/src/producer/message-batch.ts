import type { ProduceOutcome, ProduceRecord } from "../driver/driver-producer.ts";
import type { RecordMetadata } from "../record.ts";
import { batchOverheadBytes } from "./record-size.ts";

/** What the broker said about a batch that it stored. */
export type StoredBatch = Extract<ProduceOutcome, { readonly ok: true }>;

/** What one message needs to find its own result. */
export interface MessagePlace {
  readonly batch: MessageBatch;
  readonly index: number;
}

/** Messages of one partition that travel together. They share one outcome, so a message costs no closures of its own. */
export class MessageBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: ProduceRecord[] = [];
  /** On the wire, uncompressed, at most. */
  bytes: number = batchOverheadBytes;
  /** Resolves when the broker has stored the batch, rejects when it has not. */
  readonly stored: Promise<StoredBatch>;
  readonly #resolve: (outcome: StoredBatch) => void;
  readonly #reject: (error: Error) => void;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
    const { promise, resolve, reject } = Promise.withResolvers<StoredBatch>();
    this.stored = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // Whoever sent a message hears of the failure through its own promise.
    promise.catch(() => undefined);
  }

  settle(outcome: ProduceOutcome): void {
    if (outcome.ok) this.#resolve(outcome);
    else this.#reject(outcome.error);
  }

  /** Where one of the messages was stored. */
  async metadata(index: number): Promise<RecordMetadata> {
    return metadataOf(this, index, await this.stored);
  }
}

/** The result of one message of a stored batch. */
export function metadataOf(batch: MessageBatch, index: number, stored: StoredBatch): RecordMetadata {
  return {
    topic: batch.topic,
    partition: batch.partition,
    offset: stored.baseOffset < 0 ? -1 : stored.baseOffset + index,
    timestamp: stored.logAppendTimestamp < 0 ? batch.records[index]!.timestamp : stored.logAppendTimestamp,
  };
}
