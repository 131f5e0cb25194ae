import type { Clock, Logger } from "@millrace/core";
import {
  type CommittedOffset,
  type DriverTransactionalProducer,
  type DriverTransactionalProducerSettings,
  KafkaError,
  type OffsetsGroup,
  type ProduceBatch,
  type ProduceOutcome,
  type TopicDescription,
} from "@millrace/kafka";
import type { Cluster } from "../cluster/cluster.ts";
import { ClientProducer } from "../producer/client-producer.ts";
import { TransactionRequests } from "./transaction-requests.ts";
import { TransactionSession } from "./transaction-session.ts";

/** What a `ClientTransactionalProducer` needs. */
export interface ClientTransactionalProducerOptions {
  readonly cluster: Cluster;
  readonly settings: DriverTransactionalProducerSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A producer whose batches, and offsets, belong to transactions. */
export class ClientTransactionalProducer implements DriverTransactionalProducer {
  readonly #session: TransactionSession;
  readonly #producer: ClientProducer;

  constructor(options: ClientTransactionalProducerOptions) {
    const { cluster, settings, clock } = options;
    const { transactionalId, transactionTimeoutMs, maxBlockMs, ...writing } = settings;
    const requests = new TransactionRequests({ cluster, clock, transactionalId, transactionTimeoutMs, timeoutMs: maxBlockMs });
    this.#session = new TransactionSession({ requests, clock, transactionalId, transactionTimeoutMs });
    this.#producer = new ClientProducer({
      ...options,
      settings: { ...writing, acks: -1, idempotent: true },
      transaction: this.#session,
      // Who waits no longer than for `maxBlockMs` must hear before that it is the topic.
      unknownTopicMs: Math.min(5_000, (maxBlockMs * 3) / 4),
    });
  }

  async init(): Promise<void> {
    await this.#session.init();
  }

  send(batches: readonly ProduceBatch[], onOutcome?: (index: number, outcome: ProduceOutcome) => void): Promise<readonly ProduceOutcome[]> {
    return this.#producer.send(batches, onOutcome);
  }

  async sendOffsets(offsets: readonly CommittedOffset[], group: OffsetsGroup): Promise<void> {
    if (offsets.length > 0) await this.#session.sendOffsets(offsets, group);
  }

  async commit(): Promise<void> {
    await this.#session.commit();
  }

  async abort(): Promise<void> {
    const error = new KafkaError({
      code: "TRANSACTION_ABORTED",
      message: "The transaction was aborted before the broker acknowledged the message.",
    });
    await this.#session.abort(this.#producer.abandon(error));
  }

  partitionCount(topic: string, options?: { readonly refresh?: boolean }): Promise<number> {
    return this.#producer.partitionCount(topic, options);
  }

  partitionsFor(topic: string): Promise<TopicDescription["partitions"]> {
    return this.#producer.partitionsFor(topic);
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }
}
