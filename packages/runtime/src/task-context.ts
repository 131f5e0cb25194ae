import { AbortedError, type Logger } from "@millrace/core";
import type { OutgoingMessage, Producer, RecordMetadata } from "@millrace/kafka";
import { originOf, type RecordOrigin, readStory } from "@millrace/retry";
import type { Topic } from "@millrace/topics";
import type { HandlerContext } from "./handler.ts";
import type { RecordTask } from "./record-task.ts";

/** What a handler sends with. */
export type SendingProducer = Pick<Producer, "send">;

/** What all contexts of a processor have in common. */
export interface ContextParts {
  readonly group: string;
  readonly logger: Logger;
  producerOf(task: RecordTask): SendingProducer;
}

/** One attempt's context. Signal and origin are made when asked for: most handlers never do. */
export class TaskContext implements HandlerContext {
  readonly attempt: number;
  readonly #task: RecordTask;
  readonly #parts: ContextParts;
  #timeUp: AbortController | undefined;
  #signal: AbortSignal | undefined;
  #ended = false;
  #sends: Promise<RecordMetadata>[] | undefined;

  constructor(task: RecordTask, attempt: number, parts: ContextParts) {
    this.#task = task;
    this.attempt = attempt;
    this.#parts = parts;
  }

  get group(): string {
    return this.#parts.group;
  }

  get round(): number {
    return (readStory(this.#task.record)?.parked?.rounds ?? 0) + 1;
  }

  get redrives(): number {
    return readStory(this.#task.record)?.redrives ?? 0;
  }

  get origin(): RecordOrigin {
    return originOf(this.#task.record);
  }

  get logger(): Logger {
    const { topic, partition, offset } = this.#task.record;
    return this.#parts.logger.child({ topic, partition, offset, attempt: this.attempt });
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      this.#timeUp ??= new AbortController();
      this.#signal = AbortSignal.any([this.#task.work.givenUp, this.#timeUp.signal]);
    }
    return this.#signal;
  }

  send<Key, Value>(topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>): Promise<RecordMetadata> {
    const sent =
      this.#ended || this.#task.work.isGivenUp
        ? Promise.reject(new AbortedError(`sending to ${topic.name} for a record whose attempt is over`))
        : this.#parts.producerOf(this.#task).send(topic, message);
    this.#sends ??= [];
    this.#sends.push(sent);
    // The failure is reported by `settleSends`; a handler that does not await must not cause an unhandled rejection.
    sent.catch(() => undefined);
    return sent;
  }

  get hasSent(): boolean {
    return this.#sends !== undefined;
  }

  /**
   * Undefined when nothing was sent; else settles when everything is stored, what is sent meanwhile too, or rejects with the first failure after all have settled.
   */
  settleSends(): Promise<void> | undefined {
    return this.#sends === undefined ? undefined : this.#settle(this.#sends);
  }

  async #settle(sends: readonly Promise<RecordMetadata>[]): Promise<void> {
    for (;;) {
      const settling = sends.length;
      const results = await Promise.allSettled(sends);
      if (sends.length > settling) continue;
      for (const result of results) if (result.status === "rejected") throw result.reason;
      return;
    }
  }

  /** Nothing can be sent any more: what a handler sends after its attempt would not be part of it. */
  end(): void {
    this.#ended = true;
  }

  /** Aborts the signal of an attempt that is ended before its handler has. */
  expire(error: Error): void {
    this.#timeUp ??= new AbortController();
    this.#timeUp.abort(error);
  }
}
