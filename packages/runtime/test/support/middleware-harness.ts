import { createLogger, type LogEntry, type LogFields } from "@millrace/core";
import type { OutgoingMessage } from "@millrace/kafka";
import { createVirtualClock, type VirtualClock } from "@millrace/testing";
import type { Topic } from "@millrace/topics";
import { composeMiddleware, type Handler, type HandlerContext, type IncomingMessage, type Middleware } from "../../src/handler.ts";

/** A message with a context around it, in virtual time. */
export interface MiddlewareHarness {
  readonly clock: VirtualClock;
  readonly logged: LogEntry[];
  readonly sent: OutgoingMessage<unknown, unknown>[];
  /** What ends an attempt from outside: its time is up, or its partition goes. */
  readonly abort: (reason?: unknown) => void;
  /** Runs a handler within middleware, on a message whose value is a text. */
  readonly run: (
    middleware: Middleware | readonly Middleware[],
    handler?: Handler<unknown, unknown>,
    message?: Partial<IncomingMessage<unknown, unknown>>,
  ) => Promise<void>;
}

export function createMiddlewareHarness(clock: VirtualClock = createVirtualClock()): MiddlewareHarness {
  const logged: LogEntry[] = [];
  const sent: OutgoingMessage<unknown, unknown>[] = [];
  const controller = new AbortController();
  const logger = createLogger({ level: "debug", write: (entry) => logged.push(entry) });
  return {
    clock,
    logged,
    sent,
    abort: (reason) => controller.abort(reason),
    async run(middleware, handler = () => undefined, changes = {}) {
      const message = { key: "k", value: "v", headers: [], topic: "orders", partition: 0, offset: 7, timestamp: 0, ...changes };
      const { topic, partition, offset, timestamp } = message;
      const chain = Array.isArray(middleware) ? (middleware as readonly Middleware[]) : [middleware as Middleware];
      await composeMiddleware(chain, handler)(
        message,
        new FakeContext({ origin: { topic, partition, offset, timestamp }, logger, sent, signal: controller.signal }),
      );
    },
  };
}

/** Like the runtime's own: what it holds is private to it, so that nobody may borrow its methods. */
class FakeContext implements HandlerContext {
  readonly group = "billing";
  readonly attempt = 1;
  readonly round = 1;
  readonly redrives = 0;
  readonly #parts: Pick<HandlerContext, "origin" | "logger" | "signal"> & { readonly sent: OutgoingMessage<unknown, unknown>[] };

  constructor(parts: Pick<HandlerContext, "origin" | "logger" | "signal"> & { readonly sent: OutgoingMessage<unknown, unknown>[] }) {
    this.#parts = parts;
  }

  get origin(): HandlerContext["origin"] {
    return this.#parts.origin;
  }

  get logger(): HandlerContext["logger"] {
    const fields: LogFields = { attempt: this.attempt };
    return this.#parts.logger.child(fields);
  }

  get signal(): AbortSignal {
    return this.#parts.signal;
  }

  async send<Key, Value>(topic: Topic<Key, Value>, message: OutgoingMessage<Key, Value>) {
    this.#parts.sent.push(message);
    return { topic: topic.name, partition: 0, offset: 0, timestamp: 0, serializedKeySize: -1, serializedValueSize: -1 };
  }
}
