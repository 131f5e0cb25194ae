export type { CloudEvent, CloudEventExtension } from "./cloud-event.ts";
export { cloudEventSchema, compactCloudEventSchema } from "./cloud-event-schema.ts";
export { type CloudEventsOptions, cloudEvents } from "./cloud-events.ts";
export { cloudEventFromJson, cloudEventToJson } from "./json-format.ts";
