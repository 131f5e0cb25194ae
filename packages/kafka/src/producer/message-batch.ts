import type { ProduceOutcome, ProduceRecord } from "../driver/driver-producer.ts";
import type { RecordMetadata } from "../record.ts";
import { batchOverheadBytes, recordSize } from "./record-size.ts";

/** What the broker said about a batch that it stored. */
export type StoredBatch = Extract<ProduceOutcome, { readonly ok: true }>;

/** What one message needs to find its own result. */
export interface MessagePlace {
  readonly batch: MessageBatch;
  readonly index: number;
}

/** What became of a batch: stored, or cut in two because the topic takes no batch that large. */
export type BatchResult = StoredBatch | { readonly ok: "split"; readonly halves: readonly [MessageBatch, MessageBatch] };

/** Messages of one partition that travel together. They share one result, so a message costs no closures of its own. */
export class MessageBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: ProduceRecord[] = [];
  /** Time of the first record, on the clock's monotonic time. */
  appendedAtMs = 0;
  /** On the wire, uncompressed, at most. */
  bytes: number = batchOverheadBytes;
  /** Rejects when the broker has not stored the batch. */
  readonly result: Promise<BatchResult>;
  readonly #resolve: (result: BatchResult) => void;
  readonly #reject: (error: Error) => void;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
    const { promise, resolve, reject } = Promise.withResolvers<BatchResult>();
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // Whoever sent a message hears of the failure through its own promise.
    promise.catch(() => undefined);
  }

  add(record: ProduceRecord, bytes: number): void {
    this.records.push(record);
    this.bytes += bytes;
  }

  settle(outcome: ProduceOutcome): void {
    if (outcome.ok) this.#resolve(outcome);
    else this.#reject(outcome.error);
  }

  /** Cuts it in two, in the same order; the messages' results come from the halves. */
  split(): readonly [MessageBatch, MessageBatch] {
    const halves = [new MessageBatch(this.topic, this.partition), new MessageBatch(this.topic, this.partition)] as const;
    const middle = this.records.length >> 1;
    for (const half of halves) half.appendedAtMs = this.appendedAtMs;
    for (const [index, record] of this.records.entries()) halves[index < middle ? 0 : 1].add(record, recordSize(record));
    this.#resolve({ ok: "split", halves });
    return halves;
  }

  /** Where one of the messages was stored. */
  async metadata(index: number): Promise<RecordMetadata> {
    return await metadataOf(this, index, await this.result);
  }

  /** Resolves when the broker has answered for every message. */
  async answered(): Promise<void> {
    const result = await this.result.catch(() => undefined);
    if (result?.ok === "split") for (const half of result.halves) await half.answered();
  }
}

/** The result of one message of a batch; a promise only if the batch was cut. */
export function metadataOf(batch: MessageBatch, index: number, result: BatchResult): RecordMetadata | Promise<RecordMetadata> {
  if (result.ok === "split") {
    const [first, second] = result.halves;
    const firstLength = first.records.length;
    return index < firstLength ? first.metadata(index) : second.metadata(index - firstLength);
  }
  const { timestamp, key, value } = batch.records[index]!;
  return {
    topic: batch.topic,
    partition: batch.partition,
    offset: result.baseOffset < 0 ? -1 : result.baseOffset + index,
    timestamp: result.logAppendTimestamp < 0 ? timestamp : result.logAppendTimestamp,
    serializedKeySize: key === null ? -1 : key.length,
    serializedValueSize: value === null ? -1 : value.length,
  };
}
