import type { Logger } from "@millrace/core";
import type { Headers, OutgoingMessage, RecordMetadata } from "@millrace/kafka";
import type { RecordOrigin } from "@millrace/retry";
import type { Topic } from "@millrace/topics";

/** A record, decoded. */
export interface IncomingMessage<Key, Value> {
  readonly key: Key | null;
  readonly value: Value;
  /** As the producer wrote them. */
  readonly headers: Headers;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** What a handler may use beside its message. */
export interface HandlerContext {
  readonly group: string;
  /** 1 the first time, counting up with each retry in place. */
  readonly attempt: number;
  /** 1 for the first round, on the source; one more each time that the record came back through `retryLater`. */
  readonly round: number;
  /** How often the record was brought back from the dead letters. */
  readonly redrives: number;
  /** Where the record was first read; differs from the message's own place when it came back through a retry topic. */
  readonly origin: RecordOrigin;
  /** Aborts when the record is no longer this member's to handle, or its time is up. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /**
   * Sends a message. The record counts as handled only when everything sent in its handler is stored, awaited or not; a failed send fails the handler. Rejects
   * with `ABORTED` once the attempt is over: the handler has returned, its time is up, or the partition has gone.
   */
  send<Key, Value>(topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>): Promise<RecordMetadata>;
}

/** Handles one message. A throw or a rejection is a failure, retried and dead-lettered as the options say. */
export type Handler<Key, Value> = (message: IncomingMessage<Key, Value>, context: HandlerContext) => unknown;

/**
 * Runs around every handler call, retries included. Call `next` once and return what it returns; pass on another message or context instead of changing
 * the one given.
 */
export type Middleware = (
  message: IncomingMessage<unknown, unknown>,
  context: HandlerContext,
  next: (message: IncomingMessage<unknown, unknown>, context: HandlerContext) => Promise<void>,
) => Promise<void>;

/** A handler with its middleware around it. */
export type ComposedHandler = (message: IncomingMessage<unknown, unknown>, context: HandlerContext) => unknown;

/** One function from a chain of middleware, the first one outermost; the handler itself when there is none. */
export function composeMiddleware(chain: readonly Middleware[], handler: Handler<unknown, unknown>): ComposedHandler {
  if (chain.length === 0) return handler;
  const innermost: Parameters<Middleware>[2] = async (message, context) => {
    await handler(message, context);
  };
  return chain.reduceRight<typeof innermost>((next, middleware) => (message, context) => middleware(message, context, next), innermost);
}
