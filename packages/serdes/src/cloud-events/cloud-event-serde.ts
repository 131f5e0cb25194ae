import { isUtf8 } from "node:buffer";
import { jsonTextOf, type LargeIntegers, parseJson } from "../json-text.ts";
import type { Serde, SerdeHeader } from "../serde.ts";
import { SerdeError, typeName } from "../serde-error.ts";
import { headerOf, setHeader } from "../serde-headers.ts";
import { attributesOf, type CloudEvent, eventOf } from "./cloud-event.ts";
import { cloudEventFromJson, cloudEventToJson } from "./json-format.ts";
import { mediaKind } from "./media-type.ts";

const prefix = "ce_";
const contentType = "content-type";
const structuredType = "application/cloudevents";

/** What a CloudEvent serde is made of. */
export interface CloudEventSerdeParts<Data> {
  readonly mode: "structured" | "binary";
  readonly parse: ((data: unknown) => Data) | undefined;
  readonly largeIntegers: LargeIntegers;
  /** The format of the data, in binary mode. */
  readonly data: Serde<Data> | undefined;
}

/** CloudEvents over Kafka, both modes: see `cloudEvents`. */
export class CloudEventSerde<Data> implements Serde<CloudEvent<Data>> {
  readonly writesHeaders = true;
  readonly #parts: CloudEventSerdeParts<Data>;

  constructor(parts: CloudEventSerdeParts<Data>) {
    this.#parts = parts;
  }

  prepareToSerialize(event?: CloudEvent<Data>, headers?: SerdeHeader[]): Promise<void> | undefined {
    return this.#parts.data?.prepareToSerialize(event?.data, headers);
  }

  serialize(event: CloudEvent<Data>, headers?: SerdeHeader[]): Buffer {
    if (headers !== undefined) dropEventHeaders(headers);
    if (this.#parts.mode === "binary") return this.#serializeBinary(event, headers);
    const text = jsonTextOf(cloudEventToJson(event), this.#parts.largeIntegers);
    // A body that says all by itself needs no header, but a reader is faster with it.
    if (headers !== undefined) setHeader(headers, contentType, Buffer.from(`${structuredType}+json; charset=UTF-8`));
    return Buffer.from(text, "utf8");
  }

  prepareToDeserialize(data: Buffer, headers?: readonly SerdeHeader[]): Promise<void> | undefined {
    return this.#parts.data !== undefined && modeOf(headers) === "binary"
      ? this.#parts.data.prepareToDeserialize(data, headers)
      : undefined;
  }

  deserialize(data: Buffer, headers?: readonly SerdeHeader[]): CloudEvent<Data> {
    const mode = modeOf(headers);
    if (mode === "foreign") throw new SerdeError("SERDE_INVALID_DATA", "the CloudEvent is in a format other than JSON, or a batch of them");
    const event =
      mode === "binary" ? this.#deserializeBinary(data, headers!) : cloudEventFromJson(parseJson(data, this.#parts.largeIntegers));
    return this.#parsed(event);
  }

  #serializeBinary(event: CloudEvent<Data>, headers: SerdeHeader[] | undefined): Buffer {
    const attributes = attributesOf(event);
    if (headers === undefined) {
      throw new SerdeError("SERDE_NO_HEADERS", "a CloudEvent in binary mode keeps its attributes in headers, but none were passed");
    }
    for (const [name, value] of attributes) {
      if (name === "datacontenttype") setHeader(headers, contentType, Buffer.from(value as string));
      else headers.push([prefix + name, Buffer.from(Buffer.isBuffer(value) ? value.toString("base64") : String(value))]);
    }
    const { data, datacontenttype } = event;
    if (data === undefined) return Buffer.alloc(0);
    if (this.#parts.data !== undefined) return this.#parts.data.serialize(data, headers);
    if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (datacontenttype === undefined) setHeader(headers, contentType, Buffer.from("application/json"));
    if (datacontenttype === undefined || mediaKind(datacontenttype) === "json")
      return Buffer.from(jsonTextOf(data, this.#parts.largeIntegers));
    if (typeof data === "string" && data.isWellFormed()) return Buffer.from(data, "utf8");
    throw new SerdeError(
      "SERDE_INVALID_VALUE",
      `the CloudEvent's data is ${typeName(data)}, which its datacontenttype has no form for; give it as a Buffer`,
      {
        path: "data",
        valueType: typeName(data),
      },
    );
  }

  #deserializeBinary(body: Buffer, headers: readonly SerdeHeader[]): CloudEvent {
    const attributes = new Map<string, unknown>();
    for (const [name, value] of headers) {
      if (value === null) continue;
      if (name.startsWith(prefix) && name.length > prefix.length) attributes.set(name.slice(prefix.length), utf8(name, value));
    }
    const type = headerOf(headers, contentType);
    if (type === undefined) attributes.delete("datacontenttype");
    else attributes.set("datacontenttype", utf8(contentType, type));
    const event = eventOf(attributes);
    const data = this.#binaryData(body, headers, event.datacontenttype);
    return data === undefined ? event : { ...event, data };
  }

  #binaryData(body: Buffer, headers: readonly SerdeHeader[], type: string | undefined): unknown {
    const kind = type === undefined ? "bytes" : mediaKind(type);
    // No JSON value is empty, so this is an event without data.
    if (body.length === 0 && (type === undefined || kind === "json")) return undefined;
    if (this.#parts.data !== undefined) return this.#parts.data.deserialize(body, headers);
    if (kind === "json") return parseJson(body, this.#parts.largeIntegers);
    return kind === "text" ? utf8("the data", body) : body;
  }

  #parsed(event: CloudEvent): CloudEvent<Data> {
    const { parse } = this.#parts;
    if (parse === undefined || event.data === undefined) return event as CloudEvent<Data>;
    try {
      return { ...event, data: parse(event.data) };
    } catch (cause) {
      throw new SerdeError("SERDE_INVALID_DATA", "the CloudEvent's data was refused by this topic's parse function", {
        path: "data",
        cause,
      });
    }
  }
}

/** How the event stands in its record; a body without any sign of its own is tried as JSON. */
function modeOf(headers: readonly SerdeHeader[] | undefined): "structured" | "binary" | "foreign" {
  const type = headerOf(headers, contentType);
  if (type !== undefined) {
    const text = type.subarray(0, 100).toString("latin1").trim().toLowerCase();
    if (text.startsWith(structuredType)) return /^application\/cloudevents(\+json)?\s*(;|$)/.test(text) ? "structured" : "foreign";
  }
  return headerOf(headers, `${prefix}specversion`) === undefined ? "structured" : "binary";
}

function dropEventHeaders(headers: SerdeHeader[]): void {
  for (let index = headers.length - 1; index >= 0; index--) {
    const name = headers[index]![0];
    if (name.startsWith(prefix) || name === contentType) headers.splice(index, 1);
  }
}

function utf8(what: string, data: Buffer): string {
  if (isUtf8(data)) return data.toString("utf8");
  throw new SerdeError("SERDE_INVALID_DATA", `${what} of the CloudEvent is not UTF-8`);
}
