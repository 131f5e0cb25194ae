import type { ConsumedBatch, Consumer, ConsumerHandlers, PartitionClaim } from "../consumer/consumer.ts";
import type { KafkaRecord, TopicPartition } from "../record.ts";
import { until } from "./until.ts";

/** What a cell may do while it is recorded. */
export type RecordedHandlers = Partial<ConsumerHandlers>;

/** A consumer that keeps every record, claim and failure. */
export class RecordingConsumer {
  readonly consumer: Consumer;
  readonly records: KafkaRecord[] = [];
  readonly batches: ConsumedBatch[] = [];
  readonly assigned: (readonly PartitionClaim[])[] = [];
  readonly revoked: { readonly claims: readonly PartitionClaim[]; readonly reason: "rebalance" | "close" | "lost" }[] = [];
  failure: Error | undefined;
  readonly #handlers: RecordedHandlers;

  constructor(consumer: Consumer, handlers: RecordedHandlers) {
    this.consumer = consumer;
    this.#handlers = handlers;
    consumer.stopped.catch((error: unknown) => {
      this.failure = error as Error;
    });
  }

  async start(topics: readonly string[] | { readonly pattern: RegExp }): Promise<void> {
    await this.consumer.consume(topics, this.#recorded());
  }

  async assign(partitions: readonly TopicPartition[]): Promise<void> {
    await this.consumer.assign(partitions, this.#recorded());
  }

  #recorded(): ConsumerHandlers {
    return {
      onBatch: async (batch) => {
        await this.#handlers.onBatch?.(batch);
        this.batches.push(batch);
        this.records.push(...batch.records);
      },
      onClaiming: async (partitions) => {
        await this.#handlers.onClaiming?.(partitions);
      },
      onAssigned: async (claims) => {
        await this.#handlers.onAssigned?.(claims);
        this.assigned.push(claims);
      },
      onRevoked: async (claims, reason) => {
        this.revoked.push({ claims, reason });
        await this.#handlers.onRevoked?.(claims, reason);
      },
    };
  }

  /** The values as text, in the order they came. */
  get values(): readonly string[] {
    return this.records.map(({ value }) => String(value));
  }

  async hasRecords(count: number): Promise<void> {
    await this.#until(`${count} records`, () => this.records.length >= count);
  }

  async hasValue(value: string): Promise<void> {
    await this.#until(`the record "${value}"`, () => this.values.includes(value));
  }

  /** Waits until it holds so many partitions; gives the claims. */
  async holds(count: number): Promise<readonly PartitionClaim[]> {
    await this.#until(`an assignment of ${count} partitions`, () => this.consumer.assignment().length === count);
    return this.consumer.assignment();
  }

  async fails(): Promise<Error> {
    return await until("the consumer's failure", () => this.failure);
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    await until(what, () => {
      if (this.failure !== undefined) throw this.failure;
      return condition();
    });
  }
}
