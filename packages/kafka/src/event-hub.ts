import type { ClientEvent } from "./client-event.ts";

/** Spreads events to whoever listens. */
export interface EventHub {
  publish(event: ClientEvent): void;
  /** Everything published from now on. */
  subscribe(): AsyncIterableIterator<ClientEvent>;
  /** Ends every subscription, after what it has buffered. */
  close(): void;
}

/** Events that wait for one slow reader; beyond it the oldest go. */
const bufferedEvents = 1_000;

class EventReader implements AsyncIterableIterator<ClientEvent> {
  readonly #onEnd: (reader: EventReader) => void;
  readonly #buffer: ClientEvent[] = [];
  readonly #waiting: ((result: IteratorResult<ClientEvent>) => void)[] = [];
  #dropped = 0;
  #ended = false;

  constructor(onEnd: (reader: EventReader) => void) {
    this.#onEnd = onEnd;
  }

  push(event: ClientEvent): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting({ done: false, value: event });
      return;
    }
    if (this.#buffer.length === bufferedEvents) {
      this.#buffer.shift();
      this.#dropped++;
    }
    this.#buffer.push(event);
  }

  end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<ClientEvent>> {
    if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      return Promise.resolve({ done: false, value: { type: "events-dropped", count } });
    }
    const event = this.#buffer.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<ClientEvent>> {
    this.#buffer.length = 0;
    this.#dropped = 0;
    this.end();
    this.#onEnd(this);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Makes a hub. Each reader has its own bounded buffer, so a slow one holds back nobody and does not grow. */
export function createEventHub(): EventHub {
  const readers = new Set<EventReader>();
  let closed = false;
  return {
    publish(event) {
      for (const reader of readers) reader.push(event);
    },
    subscribe() {
      const reader = new EventReader((ended) => readers.delete(ended));
      if (closed) reader.end();
      else readers.add(reader);
      return reader;
    },
    close() {
      closed = true;
      for (const reader of readers) reader.end();
      readers.clear();
    },
  };
}
