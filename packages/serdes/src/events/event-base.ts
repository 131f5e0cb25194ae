/** An event as a class: what it extends, so that it can be written as a plain object and made from one. */
export abstract class EventBase {
  /** The event's fields as they stand on the wire. @default all of its own fields under their own names */
  toDict(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this));
  }
}

/** The class of an event: a subclass of `EventBase` that says its schema. */
export interface EventClass<E extends EventBase> {
  readonly name: string;
  readonly prototype: E;
  /** JSON Schema of what `toDict` gives, as text or as an object. */
  readonly schema: string | object;
  /** The event in a plain object, which fits the schema. @default an instance with these fields, without its constructor having run */
  fromDict?(dict: Readonly<Record<string, unknown>>): E;
}
