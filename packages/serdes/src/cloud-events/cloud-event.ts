import { SerdeError, type SerdeErrorCode, typeName } from "../serde-error.ts";

/** What an extension attribute may hold. In binary mode all of them are read as text. */
export type CloudEventExtension = string | number | boolean | Buffer;

/** An event as CloudEvents 1.0 describes it. Extension attributes, which stand beside the others on the wire, have a map of their own here. */
export interface CloudEvent<Data = unknown> {
  /** @default "1.0" */
  readonly specversion?: "1.0" | undefined;
  /** Together with `source` it tells this event from all others. */
  readonly id: string;
  /** Where it happened: a URI reference. */
  readonly source: string;
  /** What kind of thing happened, such as `com.example.order.placed`. */
  readonly type: string;
  /** What it is about, within the source. */
  readonly subject?: string | undefined;
  /** When it happened, as RFC 3339 text. */
  readonly time?: string | undefined;
  /** The media type of `data`. @default JSON, or nothing for bytes */
  readonly datacontenttype?: string | undefined;
  /** A URI of the schema that `data` follows. */
  readonly dataschema?: string | undefined;
  /** Names are lower-case letters and digits. */
  readonly extensions?: Readonly<Record<string, CloudEventExtension>> | undefined;
  /** What happened: a JSON value or a Buffer, or text where `datacontenttype` is a text type. */
  readonly data?: Data | undefined;
}

/** The attributes of an event in the order in which they are written, as they stand on the wire; `data` is not among them. */
export type WireAttributes = readonly (readonly [name: string, value: CloudEventExtension])[];

const optionalAttributes = ["subject", "time", "datacontenttype", "dataschema"] as const;
const reserved: ReadonlySet<string> = new Set(["specversion", "id", "source", "type", ...optionalAttributes, "data"]);
const extensionName = /^[a-z0-9]+$/;
const timestamp = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the specification names exactly these
const control = /[\u0000-\u001f\u007f-\u009f]/; // oxlint-disable-line no-control-regex

/**
 * The attributes of an event that may be written.
 * @throws SerdeError (`SERDE_INVALID_VALUE`)
 */
export function attributesOf(event: CloudEvent): WireAttributes {
  const value: unknown = event;
  if (typeof value !== "object" || value === null) {
    throw new SerdeError("SERDE_INVALID_VALUE", `a CloudEvent was expected, not ${typeName(value)}`, {
      path: "",
      valueType: typeName(value),
    });
  }
  const { specversion = "1.0", id, source, type, extensions = {} } = event;
  const attributes: [string, CloudEventExtension][] = [
    ["specversion", specversion],
    ["id", id],
    ["source", source],
    ["type", type],
  ];
  for (const name of optionalAttributes) if (event[name] !== undefined) attributes.push([name, event[name]]);
  checkAttributes(new Map(attributes), "SERDE_INVALID_VALUE");
  if (typeof (extensions as unknown) !== "object" || extensions === null) {
    throw problem("SERDE_INVALID_VALUE", "extensions", extensions, "must be an object");
  }
  for (const [name, extension] of Object.entries(extensions)) {
    if (!extensionName.test(name) || reserved.has(name)) {
      throw problem(
        "SERDE_INVALID_VALUE",
        `extensions.${name}`,
        extension,
        "has a name that no extension may have (a-z and 0-9, none of the other attributes')",
      );
    }
    if (!isExtension(extension))
      throw problem("SERDE_INVALID_VALUE", `extensions.${name}`, extension, "is no text, 32-bit integer, boolean or Buffer");
    attributes.push([name, extension]);
  }
  return attributes;
}

/**
 * The event of attributes that were read. Names of extensions are taken as they come.
 * @throws SerdeError (`SERDE_INVALID_DATA`)
 */
export function eventOf(attributes: ReadonlyMap<string, unknown>): CloudEvent {
  checkAttributes(attributes, "SERDE_INVALID_DATA");
  const event: Record<string, unknown> = {};
  for (const name of ["specversion", "id", "source", "type", ...optionalAttributes])
    if (attributes.has(name)) event[name] = attributes.get(name);
  const extensions: [string, unknown][] = [];
  for (const [name, value] of attributes) {
    if (reserved.has(name)) continue;
    if (!isExtension(value)) throw problem("SERDE_INVALID_DATA", name, value, "is no text, 32-bit integer or boolean");
    extensions.push([name, value]);
  }
  if (extensions.length > 0) event["extensions"] = Object.fromEntries(extensions);
  return event as unknown as CloudEvent;
}

function checkAttributes(attributes: ReadonlyMap<string, unknown>, code: SerdeErrorCode): void {
  for (const name of ["specversion", "id", "source", "type", ...optionalAttributes]) {
    const value = attributes.get(name);
    if (value === undefined && (optionalAttributes as readonly string[]).includes(name)) continue;
    if (!isText(value) || value === "") throw problem(code, name, value, "must be text that is not empty and has no control characters");
  }
  if (attributes.get("specversion") !== "1.0") throw problem(code, "specversion", attributes.get("specversion"), 'must be "1.0"');
  const time = attributes.get("time");
  if (typeof time === "string" && !timestamp.test(time)) throw problem(code, "time", time, "must be a timestamp of RFC 3339");
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed() && !control.test(value);
}

function isExtension(value: unknown): value is CloudEventExtension {
  return isText(value) || typeof value === "boolean" || (typeof value === "number" && value === (value | 0)) || Buffer.isBuffer(value);
}

function problem(code: SerdeErrorCode, place: string, value: unknown, sentence: string): SerdeError {
  const valueType = typeName(value);
  // Names of attributes may be as long as the data.
  const path = place.slice(0, 300);
  return new SerdeError(code, `the CloudEvent's ${path} (${valueType}) ${sentence}`, { path, valueType });
}
