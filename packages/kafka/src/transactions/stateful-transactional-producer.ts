import { type Clock, ClosedError, type Instrumentation, type Logger, type Random, TimedOutError, withDeadline } from "@millrace/core";
import type { AnyTopic, Topic } from "@millrace/topics";
import type { ClientEvent } from "../client-event.ts";
import type { TopicDescription } from "../driver/admin-topics.ts";
import type { DriverConnection } from "../driver/driver.ts";
import type { DriverTransactionalProducer } from "../driver/driver-transactional-producer.ts";
import type { TopicCodec } from "../kafka.ts";
import { KafkaError } from "../kafka-error.ts";
import { BatchingProducer } from "../producer/batching-producer.ts";
import type { OutgoingMessage, SendOptions } from "../producer/producer.ts";
import type { RawMessage, RecordMetadata } from "../record.ts";
import type { ResolvedTransactionalProducerOptions } from "./resolve-transactional-producer-options.ts";
import type { TransactionState } from "./transaction-state.ts";
import { type TransactionOperation, TransactionStateMachine } from "./transaction-state-machine.ts";
import type { Transaction, TransactionalProducer, TransactionGroup, TransactionOffset } from "./transactional-producer.ts";

/** What a transactional producer works with. */
export interface TransactionalProducerContext {
  readonly options: ResolvedTransactionalProducerOptions;
  readonly connection: Pick<DriverConnection, "createTransactionalProducer">;
  readonly codec: <Key, Value>(topic: Topic<Key, Value>) => TopicCodec<Key, Value>;
  readonly clientId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly instrumentation: Instrumentation;
  readonly publish: (event: ClientEvent) => void;
  /** Called once, when the producer has closed. */
  readonly onClosed: (producer: TransactionalProducer) => void;
}

/** What else a message may wait for besides its delivery. */
const graceMs = 1_000;

/** A batching producer inside the states of a transaction. */
export class StatefulTransactionalProducer implements TransactionalProducer {
  readonly transactionalId: string;
  readonly #context: TransactionalProducerContext;
  readonly #machine: TransactionStateMachine;
  #driver: DriverTransactionalProducer | undefined;
  #initialising: Promise<DriverTransactionalProducer> | undefined;
  #messages: BatchingProducer;
  /** Counts transactions, so that what is late from one cannot touch the next. */
  #number = 0;
  readonly #offsets = new Set<Promise<void>>();
  #ending: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(context: TransactionalProducerContext) {
    const { options, publish, logger } = context;
    const { transactionalId } = options.driver;
    this.#context = context;
    this.transactionalId = transactionalId;
    this.#machine = new TransactionStateMachine((from, to) => publish({ type: "transaction-state", transactionalId, from, to }));
    this.#messages = this.#openMessages();
    this.#initialise().catch((error: unknown) => logger.debug("claiming the transactional id failed", { transactionalId, error }));
  }

  get state(): TransactionState {
    return this.#machine.state;
  }

  async begin(): Promise<void> {
    if (this.state === "initialising" && this.#closing === undefined) await this.#initialise();
    this.#require("begin transaction");
    this.#number++;
    this.#machine.move("in_transaction");
  }

  send<Key, Value>(topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>, options?: SendOptions): Promise<RecordMetadata> {
    return this.#sending(() => this.#messages.send(topic, message, options));
  }

  sendBatch<Key, Value>(topic: Topic<Key, Value>, messages: readonly OutgoingMessage<Key, Value>[]): Promise<readonly RecordMetadata[]> {
    return this.#sending(() => this.#messages.sendBatch(topic, messages));
  }

  sendRaw(message: RawMessage, options?: SendOptions): Promise<RecordMetadata> {
    return this.#sending(() => this.#messages.sendRaw(message, options));
  }

  async sendOffsets(offsets: readonly TransactionOffset[], group: TransactionGroup): Promise<void> {
    this.#require("send offsets");
    const number = this.#number;
    const driver = await this.#initialise();
    const { instrumentation, clientId } = this.#context;
    const sent = driver.sendOffsets(
      offsets.map(({ topic, partition, offset, metadata = null }) => ({ topic, partition, offset, metadata })),
      { memberId: "", generationId: -1, groupInstanceId: null, ...group },
    );
    this.#offsets.add(sent);
    const end = instrumentation.begin({ name: "commit", group: group.group, clientId });
    try {
      await sent;
      end();
    } catch (error) {
      end(error);
      this.#failed(number, error);
      throw error;
    } finally {
      this.#offsets.delete(sent);
    }
  }

  async commit(): Promise<void> {
    this.#require("commit transaction");
    await this.#end(this.#commit(this.state === "in_doubt"));
  }

  async abort(): Promise<void> {
    this.#require("abort transaction");
    await this.#end(this.#abort());
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    await this.begin();
    try {
      const result = await work(this.#handle(this.#number));
      await this.commit();
      return result;
    } catch (error) {
      if (this.#machine.allows("abort transaction")) {
        await this.abort().catch((failure: unknown) => {
          this.#context.logger.warn("aborting a transaction failed", { transactionalId: this.transactionalId, error: failure });
        });
      }
      throw error;
    }
  }

  async partitionsFor(topic: string | AnyTopic): Promise<TopicDescription["partitions"]> {
    const driver = await this.#initialise();
    return await driver.partitionsFor(typeof topic === "string" ? topic : topic.name);
  }

  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(options.timeoutMs ?? 30_000);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Makes the driver's producer and claims the id; what fails for a passing reason is begun anew by the next call. */
  #initialise(): Promise<DriverTransactionalProducer> {
    this.#initialising ??= this.#claim().catch((error: unknown) => {
      this.#initialising = undefined;
      const { state } = this;
      if (state === "initialising" && KafkaError.is(error) && !error.retryable) this.#machine.move("failed", error);
      throw error;
    });
    return this.#initialising;
  }

  async #claim(): Promise<DriverTransactionalProducer> {
    if (this.state !== "initialising") throw this.#machine.refusal("begin transaction");
    const driver = this.#driver ?? (await this.#context.connection.createTransactionalProducer(this.#context.options.driver));
    this.#driver = driver;
    if (this.#closing !== undefined) throw new ClosedError("the transactional producer");
    await driver.init();
    if (this.#closing === undefined) this.#machine.move("ready");
    return driver;
  }

  #require(operation: TransactionOperation): void {
    if (this.#closing !== undefined) throw new ClosedError("the transactional producer");
    this.#machine.require(operation);
  }

  #sending<T>(send: () => Promise<T>): Promise<T> {
    try {
      this.#require("send");
    } catch (error) {
      return Promise.reject(error);
    }
    const number = this.#number;
    const sent = send();
    sent.catch((error: unknown) => this.#failed(number, error));
    return sent;
  }

  /** Something in a transaction failed: it cannot be committed any more. */
  #failed(number: number, thrown: unknown): void {
    if (number !== this.#number) return;
    const error = asKafkaError(thrown);
    if (error.code === "PRODUCER_FENCED") this.#fenced(error);
    else if (this.state === "in_transaction" || this.state === "committing") this.#machine.move("abortable_error", error);
  }

  #fenced(error: KafkaError): void {
    const { transactionalId } = this;
    if (this.state !== "in_transaction" && this.state !== "committing" && this.state !== "aborting") return;
    this.#machine.move("fenced", error);
    this.#context.publish({ type: "producer-fenced", transactionalId, error });
  }

  #end(work: Promise<void>): Promise<void> {
    this.#ending = work;
    return work;
  }

  async #commit(wasInDoubt: boolean): Promise<void> {
    this.#machine.move("committing");
    const number = this.#number;
    await this.#settled();
    // Also when a message failed while this waited.
    if (this.state !== "committing") throw this.#machine.refusal("commit transaction");
    try {
      await this.#driver?.commit();
    } catch (thrown) {
      const error = asKafkaError(thrown);
      if (!error.retryable || error.code === "PRODUCER_FENCED") {
        // A refusal says nothing of the attempt that was not answered, except that the broker has aborted.
        if (wasInDoubt && error.code !== "PRODUCER_FENCED" && error.code !== "TRANSACTION_ABORTABLE") {
          this.#machine.move("failed", unknownFate(error));
        } else this.#failed(number, error);
        throw this.#machine.refusal("commit transaction");
      }
      this.#machine.move("in_doubt", error);
      throw error;
    }
    this.#machine.move("committed");
    this.#machine.move("ready");
  }

  /** Resolves when all messages and offsets have their outcome. */
  async #settled(): Promise<void> {
    const { deliveryTimeoutMs, maxBlockMs } = this.#context.options.driver;
    const unsettled = await this.#messages.flush({ timeoutMs: deliveryTimeoutMs + maxBlockMs + graceMs });
    await Promise.allSettled(this.#offsets);
    if (unsettled > 0) this.#failed(this.#number, new Error(`${unsettled} messages have no outcome`));
  }

  async #abort(): Promise<void> {
    this.#machine.move("aborting");
    this.#number++;
    this.#messages.abandon(
      new KafkaError({ code: "TRANSACTION_ABORTED", message: "the transaction was aborted before the broker acknowledged the message" }),
    );
    this.#messages = this.#openMessages();
    try {
      await this.#driver?.abort();
    } catch (thrown) {
      const error = asKafkaError(thrown);
      if (error.code === "PRODUCER_FENCED") this.#fenced(error);
      else this.#machine.move(error.retryable ? "abortable_error" : "failed", error);
      throw error;
    }
    this.#machine.move("aborted");
    this.#machine.move("ready");
  }

  async #close(timeoutMs: number): Promise<void> {
    const { clock, logger, onClosed } = this.#context;
    const abortOpen = async (): Promise<void> => {
      await this.#ending?.catch(() => undefined);
      if (this.#machine.allows("abort transaction")) await this.#abort();
    };
    await withDeadline(timeoutMs, abortOpen, { clock, what: "aborting the open transaction" }).catch((error: unknown) => {
      const { transactionalId } = this;
      if (!TimedOutError.is(error) && this.state === "fenced") return;
      logger.warn("the open transaction was not aborted; the broker will, when its time is up", { transactionalId, error });
    });
    this.#machine.move("closed");
    // Claiming the id may take long, and ends when its connection does.
    if (this.#driver === undefined) await this.#initialising?.catch(() => undefined);
    await this.#driver?.close();
    onClosed(this);
  }

  #openMessages(): BatchingProducer {
    const { options } = this.#context;
    return new BatchingProducer({
      ...this.#context,
      options: options.producer,
      // Lent: it lives as long as this producer.
      driver: { acquire: () => this.#initialise(), release: () => Promise.resolve() },
      onClosed: () => undefined,
    });
  }

  /** Refuses to work for any other transaction than this one. */
  #handle(number: number): Transaction {
    const owns = <T>(operation: TransactionOperation, work: () => Promise<T>): Promise<T> => {
      if (number === this.#number) return work();
      const message = `Cannot ${operation}: the transaction that this belongs to is over`;
      return Promise.reject(new KafkaError({ code: "TRANSACTION_STATE", message }));
    };
    return {
      send: (topic, message, options) => owns("send", () => this.send(topic, message, options)),
      sendBatch: (topic, messages) => owns("send", () => this.sendBatch(topic, messages)),
      sendRaw: (message, options) => owns("send", () => this.sendRaw(message, options)),
      sendOffsets: (offsets, group) => owns("send offsets", () => this.sendOffsets(offsets, group)),
    };
  }
}

function unknownFate(cause: KafkaError): KafkaError {
  const { code, kafkaError } = cause;
  const message = `whether the transaction is committed is not known: one commit was not answered, the next one was refused (${cause.message}). A new producer of the same transactional id finishes what is open`;
  return new KafkaError({ code, kafkaError, message, cause });
}

function asKafkaError(thrown: unknown): KafkaError {
  if (KafkaError.is(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new KafkaError({ code: "KAFKA_CLIENT_ERROR", message, cause: thrown });
}
