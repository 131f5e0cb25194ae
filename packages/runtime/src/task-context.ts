import { AbortedError, type Logger } from "@millrace/core";
import type { OutgoingMessage, Producer, RecordMetadata } from "@millrace/kafka";
import { originOf, type RecordOrigin, readStory } from "@millrace/retry";
import type { Topic } from "@millrace/topics";
import type { HandlerContext } from "./handler.ts";
import type { RecordTask } from "./record-task.ts";

/** One attempt's context. Signal and origin are made when asked for: most handlers never do. */
export class TaskContext implements HandlerContext {
  readonly group: string;
  readonly attempt: number;
  readonly #task: RecordTask;
  readonly #producer: Producer;
  readonly #logger: Logger;
  #timeUp: AbortController | undefined;
  #signal: AbortSignal | undefined;
  #ended = false;
  #sends: Promise<RecordMetadata>[] | undefined;

  constructor(options: {
    readonly task: RecordTask;
    readonly group: string;
    readonly attempt: number;
    readonly producer: Producer;
    readonly logger: Logger;
  }) {
    this.group = options.group;
    this.attempt = options.attempt;
    this.#task = options.task;
    this.#producer = options.producer;
    this.#logger = options.logger;
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
    return this.#logger.child({ topic, partition, offset, attempt: this.attempt });
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
      this.#ended || this.#task.work.givenUp.aborted
        ? Promise.reject(new AbortedError(`sending to ${topic.name} for a record whose attempt is over`))
        : this.#producer.send(topic, message);
    this.#sends ??= [];
    this.#sends.push(sent);
    // The failure is reported by `settleSends`; a handler that does not await must not cause an unhandled rejection.
    sent.catch(() => undefined);
    return sent;
  }

  /** Undefined when nothing was sent; else settles when everything is stored, or rejects with the first failure after all have settled. */
  settleSends(): Promise<void> | undefined {
    const sends = this.#sends;
    if (sends === undefined) return undefined;
    return Promise.allSettled(sends).then((results) => {
      for (const result of results) if (result.status === "rejected") throw result.reason;
    });
  }

  /** Nothing can be sent any more: what a handler sends after its attempt would not be part of it. */
  end(): void {
    this.#ended = true;
  }

  /** Aborts the signal of an attempt that ran too long. */
  expire(error: Error): void {
    this.#timeUp ??= new AbortController();
    this.#timeUp.abort(error);
  }
}
