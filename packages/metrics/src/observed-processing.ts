import type { ObservedMessage, Operation, Processing } from "@millrace/core";
import { type Context, context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { MessageContext } from "./message-context.ts";
import type { Metering } from "./metering.ts";
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
  readonly #recordDuration: ((seconds: number) => void) | undefined;

  constructor(parts: ProcessingParts) {
    const { operation, tracing, metering, perMessage } = parts;
    this.#parts = parts;
    this.#recordDuration = metering?.measured(operation, undefined).recordDuration;
    this.#span = perMessage ? undefined : tracing?.start(operation);
    this.#context = this.#span === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, this.#span);
  }

  within<T>(message: ObservedMessage, work: () => T): T {
    const { tracing, perMessage } = this.#parts;
    if (tracing === undefined) return work();
    const isOwn = perMessage || message.headers.length > 0;
    return context.with(isOwn ? new MessageContext(message) : this.#context, work);
  }

  attempt(message: ObservedMessage, attempt: number, work: () => Promise<void>): Promise<void> {
    const { tracing, perMessage, operation } = this.#parts;
    if (tracing === undefined || !perMessage) return this.#timed(work, undefined);
    const active = context.active();
    const span = tracing.startAttempt(message, attempt, operation, active);
    const inside = trace.setSpan(active, span);
    if (active instanceof MessageContext && trace.getSpanContext(active) === undefined) active.become(inside);
    return this.#timed(() => context.with(inside, work), span);
  }

  end(): void {
    this.#span?.end();
  }

  async #timed(work: () => Promise<void>, span: Span | undefined): Promise<void> {
    const { tracing, metering, operation } = this.#parts;
    const began = performance.now();
    try {
      await work();
    } catch (thrown) {
      const error = thrown ?? new Error("nothing was thrown");
      metering?.measured(operation, error).recordDuration((performance.now() - began) / 1_000);
      if (span !== undefined) tracing?.end(span, "process", error);
      throw thrown;
    }
    this.#recordDuration?.((performance.now() - began) / 1_000);
    if (span !== undefined) tracing?.end(span, "process", undefined);
  }
}
