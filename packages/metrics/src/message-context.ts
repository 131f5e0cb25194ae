import type { ObservedMessage } from "@millrace/core";
import { type Context, isSpanContextValid, propagation, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";
import { headersGetter, textOf } from "./message-headers.ts";

/**
 * The context that a message came with, read from its headers when somebody asks for it: most handlers start no span and send nothing, and reading it costs more
 * than the rest of what is done for a record.
 */
export class MessageContext implements Context {
  /** Not the message, nor these for longer than needed: whatever a handler leaves running keeps its context, such as a connection that it opened. */
  #headers: ObservedMessage["headers"] | undefined;
  #extracted: Context | undefined;

  constructor({ headers }: ObservedMessage) {
    this.#headers = headers;
  }

  /** From now on it is this one: what is done for a message that came without a context belongs to what was done first. */
  become(other: Context): void {
    this.#extracted = other;
    this.#headers = undefined;
  }

  getValue(key: symbol): unknown {
    return this.#context().getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#context().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#context().deleteValue(key);
  }

  #context(): Context {
    if (this.#extracted === undefined) {
      this.#extracted = extractContext(this.#headers ?? []);
      this.#headers = undefined;
    }
    return this.#extracted;
  }
}

/** W3C Trace Context, 2.2: version, trace, parent, flags. */
const traceparentLength = 55;

/**
 * The span that a message was sent in; undefined when it does not say, or says nothing valid. W3C's header is read here, without what else a context may hold: for
 * a link nothing else is needed, and there may be a hundred in a batch.
 */
export function creationOf(message: ObservedMessage): SpanContext | undefined {
  const { headers } = message;
  if (headers.length === 0) return undefined;
  if (!propagation.fields().includes("traceparent")) return trace.getSpanContext(extractContext(headers));
  const text = textOf(headers, "traceparent");
  // Later versions may be longer, and are read alike.
  if (text === undefined || text.length < traceparentLength) return undefined;
  const creation = {
    traceId: text.slice(3, 35),
    spanId: text.slice(36, 52),
    traceFlags: Number.parseInt(text.slice(53, 55), 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
  return isSpanContextValid(creation) ? creation : undefined;
}

/** The context that a message came with. */
function extractContext(headers: ObservedMessage["headers"]): Context {
  try {
    return propagation.extract(ROOT_CONTEXT, headers, headersGetter);
  } catch {
    // A handler asks for it: what a propagator cannot read must not fail it.
    return ROOT_CONTEXT;
  }
}
