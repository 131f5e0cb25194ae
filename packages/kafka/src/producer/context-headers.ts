import type { Instrumentation } from "@millrace/core";
import type { Headers } from "../record.ts";

/** Adds to a message's headers what its reader needs to go on with what its sender is doing. Called in the sender's context. */
export class ContextHeaders {
  readonly #instrumentation: Instrumentation;
  /** What was last added, and the same as bytes: many messages are sent in one context. */
  #given: ReturnType<NonNullable<Instrumentation["inject"]>>;
  #bytes: Headers = [];

  constructor(instrumentation: Instrumentation) {
    this.#instrumentation = instrumentation;
  }

  addTo(topic: string, headers: Headers, value?: null): Headers {
    const given = this.#instrumentation.inject?.(topic, value === undefined ? { headers } : { headers, value });
    if (given === undefined) return headers;
    if (given !== this.#given) {
      this.#given = given;
      this.#bytes = given.map(([name, text]) => [name, Buffer.from(text, "utf8")] as const);
    }
    return [...headers, ...this.#bytes];
  }
}
