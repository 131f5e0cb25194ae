import type { BatchProcessing, ObservedMessage, Operation } from "@millrace/core";
import { type Context, context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { MessageContext } from "./message-context.ts";
import { type Metering, withoutMessages } from "./metering.ts";
import type { Tracing } from "./tracing.ts";

/** What a call with several messages is observed with. */
export interface BatchParts {
  readonly operation: Operation;
  /** Undefined: no spans. */
  readonly tracing: Tracing | undefined;
  readonly metering: Metering | undefined;
}

/**
 * Observes one call that handles several messages: one span, linked to each of them, and one duration, as nobody can tell how long which message took. The call
 * runs in the context of that span: it belongs to the trace of none of its messages more than to another's.
 */
export class ObservedBatch implements BatchProcessing {
  readonly #operation: Operation;
  readonly #messageCount: number;
  readonly #tracing: Tracing | undefined;
  readonly #metering: Metering | undefined;
  readonly #span: Span | undefined;
  readonly #context: Context;

  constructor({ operation, tracing, metering }: BatchParts) {
    // Without the messages, which a call that hangs would keep.
    this.#operation = withoutMessages(operation);
    this.#messageCount = operation.messageCount ?? 1;
    this.#tracing = tracing;
    this.#metering = metering;
    this.#span = tracing?.start(operation);
    this.#context = this.#span === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, this.#span);
  }

  run<T>(call: () => T): T {
    return this.#span === undefined ? call() : context.with(this.#context, call);
  }

  within<T>(message: ObservedMessage, work: () => T): T {
    if (this.#span === undefined) return work();
    return context.with(message.headers.length === 0 ? this.#context : new MessageContext(message), work);
  }

  ended(durationMs: number, failure?: { readonly error: unknown }): void {
    const error = failure === undefined ? undefined : (failure.error ?? new Error("nothing was thrown"));
    this.#metering?.called(this.#operation, durationMs / 1_000, error, this.#messageCount);
    if (this.#span !== undefined) this.#tracing?.end(this.#span, "process", error);
  }
}
