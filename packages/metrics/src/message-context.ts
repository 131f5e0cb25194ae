import type { ObservedMessage } from "@millrace/core";
import { type Context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { headersGetter } from "./message-headers.ts";

/**
 * The context that a message came with, read from its headers when somebody asks for it: most handlers start no span and send nothing, and reading it costs more
 * than the rest of what is done for a record.
 */
export class MessageContext implements Context {
  readonly #message: ObservedMessage;
  #extracted: Context | undefined;

  constructor(message: ObservedMessage) {
    this.#message = message;
  }

  /** From now on it is this one: what is done for a message that came without a context belongs to what was done first. */
  become(other: Context): void {
    this.#extracted = other;
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
    this.#extracted ??= extractContext(this.#message);
    return this.#extracted;
  }
}

/** The context that a message came with. */
export function extractContext({ headers }: ObservedMessage): Context {
  return propagation.extract(ROOT_CONTEXT, headers, headersGetter);
}
