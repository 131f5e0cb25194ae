import type { ObservedMessage, Operation, Processing } from "@millrace/core";
import { type Context, context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { MessageContext } from "./message-context.ts";
import { type Metering, withoutMessages } from "./metering.ts";
import type { Tracing } from "./tracing.ts";

/** What the handling of a batch is observed with. */
export interface ProcessingParts {
  readonly operation: Operation;
  /** Undefined: no spans. */
  readonly tracing: Tracing | undefined;
  readonly metering: Metering | undefined;
  readonly perMessage: boolean;
}

/**
 * Observes the handling of records that came together: one span for all of them, linked to each, or one for each attempt; and the real duration of each attempt.
 * A handler runs in the context that its message came with, so what it starts and sends belongs to the trace of the message.
 */
export class ObservedProcessing implements Processing {
  readonly #parts: ProcessingParts;
  readonly #span: Span | undefined;
  readonly #context: Context;
  /** Whether messages without a context of their own are handled in that one. */
  readonly #isOneContext: boolean;
  /** With a span for each attempt: of those that run. */
  readonly #attempts = new Map<ObservedMessage, Span>();
  readonly #contexts = new Map<ObservedMessage, MessageContext>();
  readonly #recordDuration: ((seconds: number) => void) | undefined;

  constructor(parts: ProcessingParts) {
    const { operation, tracing, metering, perMessage } = parts;
    // Without the messages, which would be kept for as long as the last of them takes.
    this.#parts = { ...parts, operation: withoutMessages(operation) };
    this.#recordDuration = metering?.hasAgents === false ? metering.measured(operation, undefined).recordDuration : undefined;
    this.#span = perMessage ? undefined : tracing?.start(operation);
    this.#isOneContext = tracing !== undefined && !perMessage;
    this.#context = this.#span === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, this.#span);
  }

  together<T>(work: () => T): T {
    const { tracing, perMessage } = this.#parts;
    return tracing === undefined || perMessage ? work() : context.with(this.#context, work);
  }

  isShared(message: ObservedMessage): boolean {
    return this.#isOneContext && message.headers.length === 0;
  }

  attempt<T>(message: ObservedMessage, attempt: number, work: () => T): T {
    // Most are begun where others of the batch are: entering a context costs more than all else here.
    if (this.#isOneContext && message.headers.length === 0 && context.active() === this.#context) return work();
    const { tracing, perMessage, operation } = this.#parts;
    if (tracing === undefined) return work();
    const own = this.#contextOf(message);
    if (!perMessage) return context.with(own, work);
    const span = tracing.startAttempt(message, attempt, operation, own);
    const inside = trace.setSpan(own, span);
    // What came without a context: what follows belongs to what was done first.
    if (own instanceof MessageContext && trace.getSpanContext(own) === undefined) own.become(inside);
    this.#attempts.set(message, span);
    return context.with(inside, work);
  }

  attempted(message: ObservedMessage, durationMs: number, failure?: { readonly error: unknown }): void {
    const error = failure === undefined ? undefined : (failure.error ?? new Error("nothing was thrown"));
    if (error === undefined && this.#recordDuration !== undefined) this.#recordDuration(durationMs / 1_000);
    else this.#parts.metering?.attempted(this.#parts.operation, durationMs / 1_000, error);
    if (this.#attempts.size === 0) return;
    const span = this.#attempts.get(message);
    if (span === undefined) return;
    this.#attempts.delete(message);
    this.#parts.tracing?.end(span, "process", error);
  }

  within<T>(message: ObservedMessage, work: () => T): T {
    return this.#parts.tracing === undefined ? work() : context.with(this.#contextOf(message), work);
  }

  end(): void {
    const { tracing } = this.#parts;
    if (this.#span !== undefined) tracing?.end(this.#span, "process", undefined);
    for (const span of this.#attempts.values()) tracing?.end(span, "process", undefined);
    this.#attempts.clear();
    this.#contexts.clear();
  }

  #contextOf(message: ObservedMessage): Context {
    if (!this.#parts.perMessage) return message.headers.length === 0 ? this.#context : new MessageContext(message);
    let own = this.#contexts.get(message);
    if (own === undefined) {
      own = new MessageContext(message);
      this.#contexts.set(message, own);
    }
    return own;
  }
}
