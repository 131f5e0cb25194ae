import type { CloudEvent } from "../cloud-events/cloud-event.ts";
import { compactCloudEventSchema } from "../cloud-events/cloud-event-schema.ts";
import { cloudEventFromJson, cloudEventToJson } from "../cloud-events/json-format.ts";
import type { EventBase, EventClass } from "./event-base.ts";

/** What an event serde knows of the events that it writes and reads. */
export interface EventType<E> {
  /** For messages. */
  readonly name: string;
  /** JSON Schema of an event as it stands on the wire. */
  readonly schema: string | object;
  /** Whether a value is such an event. */
  accepts(value: unknown): boolean;
  toDict(event: E): Record<string, unknown>;
  fromDict(dict: Readonly<Record<string, unknown>>): E;
}

/** CloudEvents in JSON, for a registry that keeps their schema. Without a registry there is `cloudEvents` of `@millrace/serdes/cloud-events`. */
export const cloudEventType: EventType<CloudEvent> = {
  name: "CloudEvent",
  schema: compactCloudEventSchema,
  accepts(value) {
    if (typeof value !== "object" || value === null || "toDict" in value) return false;
    const { id, source, type } = value as Partial<CloudEvent>;
    return [id, source, type].every((attribute) => typeof attribute === "string");
  },
  toDict: cloudEventToJson,
  fromDict: cloudEventFromJson,
};

/** The type of the events of a class. */
export function eventTypeOf<E extends EventBase>(type: EventClass<E>): EventType<E> {
  return {
    name: type.name,
    schema: type.schema,
    accepts: (value) => Object.prototype.isPrototypeOf.call(type.prototype, value as object),
    toDict: (event) => event.toDict(),
    fromDict(dict) {
      if (type.fromDict !== undefined) return type.fromDict(dict);
      // Not Object.assign, for which a field named __proto__ would be another prototype.
      return Object.create(type.prototype, Object.getOwnPropertyDescriptors(dict)) as E;
    },
  };
}
