import { type Cancel, type Clock, type Instrumentation, MillraceError, systemClock } from "@millrace/core";
import type { DriverProducer, ProduceOutcome } from "../driver/driver-producer.ts";
import { KafkaError } from "../kafka-error.ts";
import type { MessageBatch } from "./message-batch.ts";
import type { PartitionQueue } from "./partition-queue.ts";

/** What a dispatcher works with. */
export interface DispatcherContext {
  readonly clock: Clock;
  readonly lingerMs: number;
  readonly clientId: string;
  readonly instrumentation: Instrumentation;
  /** A batch is on its way: it grows no more. */
  readonly onTaken: (queue: PartitionQueue) => void;
  /** The broker has answered, or never will. May put batches back. */
  readonly onAnswered: (queue: PartitionQueue, batch: MessageBatch, outcome: ProduceOutcome) => void;
}

// Taken at load, so that tests that replace the global timers do not stop a producer.
const endOfTurn = setImmediate;
const cancelEndOfTurn = clearImmediate;

/**
 * Decides when batches leave: at the end of the event loop's turn (or after `lingerMs`), one batch of each partition at a time, all that are ready in one
 * call of the driver. While a batch is in flight the next one of its partition grows: that is where many callers gain, and a single caller waits for
 * nothing but the broker.
 */
export class BatchDispatcher {
  readonly #context: DispatcherContext;
  #driver: DriverProducer | undefined;
  /** Queues that hold something and have nothing in flight. */
  #ready: PartitionQueue[] = [];
  #flushes = 0;
  /** Whether the end of this turn sends batches that are still growing, too. */
  #everything = false;
  #cancelTurn: Cancel | undefined;
  #cancelLinger: Cancel | undefined;
  #isStopped = false;

  constructor(context: DispatcherContext) {
    this.#context = context;
  }

  /** From now on batches can leave. */
  connected(driver: DriverProducer): void {
    this.#driver = driver;
  }

  /** Something was appended. */
  offer(queue: PartitionQueue): void {
    if (!queue.inFlight) this.#list(queue);
    const { lingerMs, clock } = this.#context;
    if (lingerMs === 0 || this.#flushes > 0) this.#atEndOfTurn(true);
    else if (queue.hasFullBatch) this.#atEndOfTurn(false);
    else this.#cancelLinger ??= clock.schedule(lingerMs, () => this.#lingered());
  }

  /** Until it is undone, nothing lingers. */
  beginFlush(): void {
    this.#flushes++;
    this.#atEndOfTurn(true);
  }

  endFlush(): void {
    this.#flushes--;
  }

  /** Forgets everything that waits. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTurn?.();
    this.#cancelLinger?.();
    this.#ready = [];
  }

  #list(queue: PartitionQueue): void {
    if (queue.listed) return;
    queue.listed = true;
    this.#ready.push(queue);
  }

  #atEndOfTurn(everything: boolean): void {
    if (everything) this.#everything = true;
    if (this.#cancelTurn !== undefined) return;
    const { clock } = this.#context;
    if (clock === systemClock) {
      const handle = endOfTurn(() => this.#turnEnded());
      this.#cancelTurn = () => cancelEndOfTurn(handle);
    } else {
      // In virtual time only the clock's own tasks come in an order that is the same in every run.
      this.#cancelTurn = clock.schedule(0, () => this.#turnEnded());
    }
  }

  #turnEnded(): void {
    const everything = this.#everything;
    this.#cancelTurn = undefined;
    this.#everything = false;
    this.#dispatch(everything);
  }

  #lingered(): void {
    this.#cancelLinger = undefined;
    this.#dispatch(true);
  }

  #dispatch(everything: boolean): void {
    const driver = this.#driver;
    if (driver === undefined) return;
    const queues: PartitionQueue[] = [];
    const batches: MessageBatch[] = [];
    const growing: PartitionQueue[] = [];
    for (const queue of this.#ready) {
      const batch = everything || queue.hasFullBatch ? queue.take() : undefined;
      if (batch === undefined) {
        growing.push(queue);
        continue;
      }
      queue.listed = false;
      queue.inFlight = true;
      queues.push(queue);
      batches.push(batch);
      this.#context.onTaken(queue);
    }
    this.#ready = growing;
    if (batches.length > 0) void this.#transmit(driver, queues, batches);
  }

  async #transmit(driver: DriverProducer, queues: readonly PartitionQueue[], batches: readonly MessageBatch[]): Promise<void> {
    const { instrumentation, clientId } = this.#context;
    const operations = batches.map(({ topic, partition, records }) =>
      instrumentation.begin({ name: "send", topic, partition, clientId, messageCount: records.length, messages: records }),
    );
    const waiting = new Set(batches.keys());
    const answer = (index: number, outcome: ProduceOutcome): void => {
      if (!waiting.delete(index)) return;
      const queue = queues[index]!;
      operations[index]!(outcome.ok ? undefined : outcome.error);
      queue.inFlight = false;
      this.#context.onAnswered(queue, batches[index]!, outcome);
      if (queue.isEmpty || this.#isStopped) return;
      this.#list(queue);
      // What grew meanwhile has waited long enough, unless it is still lingering.
      this.#atEndOfTurn(this.#cancelLinger === undefined);
    };
    try {
      const outcomes = await driver.send(batches, answer);
      for (const index of waiting) answer(index, outcomes[index]!);
    } catch (thrown) {
      const error = MillraceError.is(thrown) ? thrown : unexpected(thrown);
      for (const index of waiting) answer(index, { ok: false, error });
    }
  }
}

/** What no driver should throw. */
function unexpected(cause: unknown): KafkaError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new KafkaError({ code: "KAFKA_CLIENT_ERROR", message: `Unexpected error producing message: ${why}`, cause });
}
