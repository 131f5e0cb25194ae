import type { Logger } from "@millrace/core";
import type { OutgoingMessage, RecordMetadata } from "@millrace/kafka";
import type { Topic } from "@millrace/topics";
import type { HandlerContext, IncomingMessage } from "../handler.ts";

/**
 * What became of one message of a batch. `undefined`: handled. `{ error }`: failed. `"not-attempted"`: neither, so that it comes again as if it had not come yet.
 */
export type BatchOutcome = undefined | "not-attempted" | { readonly error: unknown };

/** What a batch handler may use beside its messages. */
export interface BatchContext {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Aborts when the records are no longer this member's to handle, or the handler's time is up. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** What is known of one of the batch's messages. */
  of(message: IncomingMessage<unknown, unknown>): Pick<HandlerContext, "attempt" | "round" | "redrives" | "origin">;
  /**
   * Sends a message. The batch counts as handled only when everything sent in its handler is stored, awaited or not; a failed send is as a throw. Rejects with
   * `ABORTED` once the handler has returned, its time is up, or the partition has gone.
   */
  send<Key, Value>(topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>): Promise<RecordMetadata>;
}

/**
 * Handles messages of one partition, in the order of their offsets. It returns nothing when all are handled, else one outcome for each message. What is said of
 * messages behind one that was not handled (with `order: "key"` of its key, with `"partition"` of any) does not count: they come again after it.
 *
 * A throw says of nobody that it is to blame: the same messages come again, at once, in halves, until one is alone; that one has failed.
 */
export type BatchHandler<Key, Value> = (
  messages: readonly IncomingMessage<Key, Value>[],
  context: BatchContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the usual one
) => void | readonly BatchOutcome[] | Promise<void | readonly BatchOutcome[]>;
