import type { SchemaSerdeOptions } from "../schema-descriptor.ts";
import type { SchemaSource, Serde, SerdeHeader } from "../serde.ts";
import type { EventBase, EventClass } from "./event-base.ts";
import type { EventType } from "./event-type.ts";
import { events } from "./events.ts";

/** How to make an `EventSerializer`. */
export interface EventSerializerOptions<E> extends SchemaSerdeOptions {
  /** A subclass of `EventBase`, or `cloudEventType`. */
  readonly type: EventType<E> | (E extends EventBase ? EventClass<E> : never);
  readonly topic: string;
  /** @default "value" */
  readonly part?: "key" | "value" | undefined;
  readonly source: SchemaSource;
}

/**
 * Writes and reads events, asynchronously: the form to extend where an event is to be written in a way of one's own. A topic uses one through
 * `serializedBy`; `events` is the same without a class, and faster.
 */
export class EventSerializer<E> {
  readonly #serde: Serde<E>;

  constructor(options: EventSerializerOptions<E>) {
    const { type, topic, part = "value", source } = options;
    this.#serde = events<E>(type as EventType<E>, options).bind({ topic, part, source });
  }

  /**
   * The bytes of an event; null (a tombstone) stays null.
   * @param headers those of the record to be written, which may be changed
   * @param _options for subclasses; nothing here uses them
   * @throws SerdeError (`SERDE_INVALID_VALUE`), and what the schema source fails with
   */
  async serialize(payload: E | null, headers?: SerdeHeader[], _options?: Readonly<Record<string, unknown>>): Promise<Buffer | null> {
    if (payload === null) return null;
    await this.#serde.prepareToSerialize(payload, headers);
    return this.#serde.serialize(payload, headers);
  }

  /**
   * The event in these bytes; null (a tombstone) stays null.
   * @throws SerdeError for bytes that are no such event, and what the schema source fails with
   */
  async deserialize(data: Buffer | null, headers?: readonly SerdeHeader[]): Promise<E | null> {
    if (data === null) return null;
    await this.#serde.prepareToDeserialize(data, headers);
    return this.#serde.deserialize(data, headers);
  }
}
