import type { BatchProcessing, Logger } from "@millrace/core";
import type { OutgoingMessage, RecordMetadata } from "@millrace/kafka";
import type { Topic } from "@millrace/topics";
import type { HandlerContext, IncomingMessage } from "../handler.ts";
import type { RecordTask } from "../record-task.ts";
import { type ContextParts, TaskContext } from "../task-context.ts";
import type { BatchContext } from "./batch-handler.ts";

/** What a batch attempt is made of. */
export interface BatchedTask {
  readonly task: RecordTask;
  /** 1 the first time. */
  readonly number: number;
}

/** One call of a batch handler: its messages, and the context that it gets. */
export class BatchAttempt<Item extends BatchedTask> implements BatchContext {
  readonly items: readonly Item[];
  /** When it began, by the monotonic clock. */
  readonly began: number;
  /** It has ended, whatever its handler still does. */
  isOver = false;
  /** When somebody observes it. */
  readonly observed: BatchProcessing | undefined;
  readonly #parts: ContextParts;
  /** What is sent and given up is so for the batch: by the context of its first record. */
  readonly #whole: TaskContext;

  constructor(items: readonly Item[], began: number, parts: ContextParts, observed?: BatchProcessing) {
    this.items = items;
    this.began = began;
    this.observed = observed;
    this.#parts = parts;
    const { task, number } = items[0] as Item;
    this.#whole = new TaskContext(task, number, parts);
  }

  get messages(): readonly IncomingMessage<unknown, unknown>[] {
    return this.items.map(({ task }) => task.message as IncomingMessage<unknown, unknown>);
  }

  /** The context of the first record. */
  get whole(): TaskContext {
    return this.#whole;
  }

  get group(): string {
    return this.#parts.group;
  }

  get topic(): string {
    return this.#first.topic;
  }

  get partition(): number {
    return this.#first.partition;
  }

  get logger(): Logger {
    const { topic, partition, offset } = this.#first;
    return this.#parts.logger.child({ topic, partition, first_offset: offset, messages: this.items.length });
  }

  get signal(): AbortSignal {
    return this.#whole.signal;
  }

  of(message: IncomingMessage<unknown, unknown>): Pick<HandlerContext, "attempt" | "round" | "redrives" | "origin"> {
    const item = this.items.find(({ task }) => task.message === message);
    if (item === undefined) throw new TypeError("this message is not of this batch; give one of the handler's own messages");
    return new TaskContext(item.task, item.number, this.#parts);
  }

  send<Key, Value>(topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>): Promise<RecordMetadata> {
    return this.#whole.send(topic, message);
  }

  get #first(): RecordTask["record"] {
    return (this.items[0] as Item).task.record;
  }
}
