import { jsonSchema } from "../json-schema/json-schema.ts";
import type { SchemaSerdeOptions } from "../schema-descriptor.ts";
import type { Serde, SerdeDescriptor } from "../serde.ts";
import { SerdeError } from "../serde-error.ts";
import type { EventBase, EventClass } from "./event-base.ts";
import { type EventType, eventTypeOf } from "./event-type.ts";

/**
 * Events of a class, as JSON with the registry framing, checked against the schema of the class when written and when read. `type` is a subclass of
 * `EventBase`, or `cloudEventType`.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`) at once, and from `bind` (`SERDE_NO_SCHEMA_SOURCE`) when the binding has no schema source.
 */
export function events<E extends EventBase>(type: EventClass<E>, options?: SchemaSerdeOptions): SerdeDescriptor<E>;
export function events<E>(type: EventType<E>, options?: SchemaSerdeOptions): SerdeDescriptor<E>;
export function events<E>(type: EventType<E> | EventClass<EventBase>, options: SchemaSerdeOptions = {}): SerdeDescriptor<E> {
  const known =
    typeof type === "function" ? (eventTypeOf(type as EventClass<EventBase>) as unknown as EventType<E>) : (type as EventType<E>);
  const inner = jsonSchema<Record<string, unknown>>(known.schema, options);
  return Object.freeze({
    format: "event",
    schema: inner.schema,
    subjectOf: inner.subjectOf,
    bind: (binding) => eventSerde(known, inner.bind(binding)),
  } satisfies SerdeDescriptor<E>);
}

function eventSerde<E>(type: EventType<E>, inner: Serde<Record<string, unknown>>): Serde<E> {
  return {
    writesHeaders: inner.writesHeaders,
    prepareToSerialize: () => inner.prepareToSerialize(),
    prepareToDeserialize: (data, headers) => inner.prepareToDeserialize(data, headers),
    serialize(event, headers) {
      if (!type.accepts(event)) {
        throw new SerdeError("SERDE_INVALID_VALUE", `Unsupported payload type: ${nameOf(event)} (this topic holds ${type.name})`, {
          path: "",
          valueType: nameOf(event),
        });
      }
      try {
        return inner.serialize(type.toDict(event), headers);
      } catch (error) {
        throw failure("Failed to serialize payload", "SERDE_INVALID_VALUE", error);
      }
    },
    deserialize(data, headers) {
      try {
        return type.fromDict(inner.deserialize(data, headers));
      } catch (error) {
        throw failure("Failed to deserialize value", "SERDE_INVALID_DATA", error);
      }
    },
  };
}

/** What the classes' own methods throw may quote the event, so that only the cause tells it. */
function failure(what: string, code: "SERDE_INVALID_VALUE" | "SERDE_INVALID_DATA", cause: unknown): SerdeError {
  if (!SerdeError.is(cause)) return new SerdeError(code, `${what}: a method of its class failed`, { cause });
  const { path, valueType, schemaId } = cause;
  return new SerdeError(cause.code, `${what}: ${cause.message}`, { cause, path, valueType, schemaId });
}

function nameOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  const { constructor: maker } = value as { constructor?: unknown };
  return typeof maker === "function" ? maker.name : "object";
}
