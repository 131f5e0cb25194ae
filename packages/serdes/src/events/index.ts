export type { CloudEvent, CloudEventExtension } from "../cloud-events/cloud-event.ts";
export { EventBase, type EventClass } from "./event-base.ts";
export { EventSerializer, type EventSerializerOptions } from "./event-serializer.ts";
export { cloudEventType, type EventType } from "./event-type.ts";
export { events } from "./events.ts";
export { type AsyncSerializer, serializedBy } from "./serialized-by.ts";
