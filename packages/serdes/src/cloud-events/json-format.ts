import { SerdeError, typeName } from "../serde-error.ts";
import { attributesOf, type CloudEvent, eventOf } from "./cloud-event.ts";

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * An event as the JSON object of CloudEvents' JSON format: bytes stand in `data_base64`, everything else in `data`; extensions stand beside the other
 * attributes.
 * @throws SerdeError (`SERDE_INVALID_VALUE`)
 */
export function cloudEventToJson(event: CloudEvent): Record<string, unknown> {
  const entries: (readonly [string, unknown])[] = attributesOf(event).map(
    ([name, value]) => [name, Buffer.isBuffer(value) ? value.toString("base64") : value] as const,
  );
  const { data } = event;
  if (data instanceof Uint8Array)
    entries.push(["data_base64", Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64")]);
  else if (data !== undefined) entries.push(["data", data]);
  return Object.fromEntries(entries);
}

/**
 * The event in a JSON object of CloudEvents' JSON format. `data_base64` comes back as a Buffer; attributes that are null count as absent.
 * @throws SerdeError (`SERDE_INVALID_DATA`)
 */
export function cloudEventFromJson(value: unknown): CloudEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SerdeError("SERDE_INVALID_DATA", `a CloudEvent in JSON is an object, not ${typeName(value)}`, {
      path: "",
      valueType: typeName(value),
    });
  }
  const { data, data_base64: encoded, ...attributes } = value as Readonly<Record<string, unknown>>;
  const event = eventOf(new Map(Object.entries(attributes).filter(([, attribute]) => attribute !== null)));
  if (encoded === undefined || encoded === null) return data === undefined ? event : { ...event, data };
  if (data !== undefined) throw new SerdeError("SERDE_INVALID_DATA", "the CloudEvent has both data and data_base64");
  if (typeof encoded !== "string" || encoded.length % 4 !== 0 || !base64.test(encoded)) {
    throw new SerdeError("SERDE_INVALID_DATA", "the CloudEvent's data_base64 is not base64", {
      path: "data_base64",
      valueType: typeName(encoded),
    });
  }
  return { ...event, data: Buffer.from(encoded, "base64") };
}
