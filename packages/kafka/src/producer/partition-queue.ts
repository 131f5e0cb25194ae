import type { ProduceRecord } from "../driver/driver-producer.ts";
import { MessageBatch } from "./message-batch.ts";

/** The batches of one partition that wait, in order. At most one is in flight, which keeps their order and lets the next one grow meanwhile. */
export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  inFlight = false;
  /** Whether it stands in the producer's list of queues to send. */
  listed = false;
  readonly #full: MessageBatch[] = [];
  #open: MessageBatch | undefined;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  get isEmpty(): boolean {
    return this.#open === undefined && this.#full.length === 0;
  }

  get hasFullBatch(): boolean {
    return this.#full.length > 0;
  }

  /** Appends a record; answers its batch. A batch grows up to `batchBytes`, beyond it only for a single larger record. */
  append(record: ProduceRecord, bytes: number, batchBytes: number): MessageBatch {
    let batch = this.#open;
    if (batch !== undefined && batch.bytes + bytes > batchBytes) {
      this.#full.push(batch);
      batch = undefined;
    }
    if (batch === undefined) {
      batch = new MessageBatch(this.topic, this.partition);
      this.#open = batch;
    }
    batch.add(record, bytes);
    return batch;
  }

  /** Puts batches back before all others. */
  putBack(batches: readonly MessageBatch[]): void {
    this.#full.unshift(...batches);
  }

  /** Takes the next batch to send. */
  take(): MessageBatch | undefined {
    const full = this.#full.shift();
    if (full !== undefined) return full;
    const open = this.#open;
    this.#open = undefined;
    return open;
  }
}
