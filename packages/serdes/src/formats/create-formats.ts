import { type Logger, silentLogger } from "@millrace/core";
import { bytes } from "../bytes.ts";
import { serializedBy } from "../events/serialized-by.ts";
import { json } from "../json.ts";
import { jsonTextOf } from "../json-text.ts";
import type { SerdeDescriptor } from "../serde.ts";
import { SerdeError, typeName } from "../serde-error.ts";
import { string } from "../string.ts";
import type { SerializerPlugin } from "./serializer-plugin.ts";

/** Writes messages in formats that are chosen by name, when the message is sent. */
export interface MessageSerializer {
  /** The names of the formats, `json`, `string` and `bytes` first. */
  getSupportedFormats(): readonly string[];
  /**
   * Text or bytes of a message.
   * @throws SerdeError (`SERDE_INVALID_VALUE`, `SERDE_UNKNOWN_FORMAT`)
   */
  serialize(message: unknown, format: string): Promise<string | Buffer>;
}

/** Formats by name: the built-in ones and plug-ins. */
export interface Formats extends MessageSerializer {
  /** The plug-in of this name, such as `avro_serializer`; null when there is none. */
  plugin(name: string): SerializerPlugin | null;
  /**
   * A topic's format. Values of the built-in formats are read as they were written, those of plug-ins as bytes.
   * @throws SerdeError (`SERDE_UNKNOWN_FORMAT`) at once, when there is neither such a format nor a fallback
   */
  descriptor(format: string): SerdeDescriptor<unknown>;
}

/** Options of `createFormats`. */
export interface FormatsOptions {
  /** By name: the plug-in of the format `avro` is `avro_serializer`. @default none */
  readonly plugins?: Readonly<Record<string, SerializerPlugin>> | undefined;
  /**
   * Whether a message whose format is unknown, or whose plug-in fails, is written as `String(message)` after a warning. Readers of the topic will not
   * find what they expect then.
   * @default false: it is an error
   */
  readonly fallback?: boolean | undefined;
  /** Hears of each fallback. @default silentLogger */
  readonly logger?: Logger | undefined;
}

const suffix = "_serializer";

const builtIn: Readonly<Record<string, (message: unknown) => string | Buffer>> = {
  json: (message) => jsonTextOf(message, "refuse"),
  string(message) {
    if (typeof message === "string") return message;
    if (["number", "boolean", "bigint"].includes(typeof message)) return String(message);
    throw unwritable("string", message);
  },
  bytes(message) {
    if (typeof message === "string") return Buffer.from(message, "utf8");
    if (message instanceof Uint8Array) return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    throw unwritable("bytes", message);
  },
};

const builtInDescriptors: Readonly<Record<string, () => SerdeDescriptor<unknown>>> = {
  json: () => json(),
  string: () => string(),
  bytes: () => bytes(),
};

/** Formats that are chosen by name. A format that nobody knows is an error, unless `fallback` asks for text in its place. */
export function createFormats(options: FormatsOptions = {}): Formats {
  const { fallback = false, logger = silentLogger } = options;
  const plugins = new Map(Object.entries(options.plugins ?? {}));
  const names = [...plugins.keys()].filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  const supported = Object.freeze([...new Set([...Object.keys(builtIn), ...names])]);

  const textInstead = (message: unknown, failure: SerdeError): string => {
    if (!fallback) throw failure;
    let text: string;
    try {
      text = String(message);
    } catch {
      throw failure;
    }
    logger.warn(`${failure.message}; the message is written as text instead`, { error: failure });
    return text;
  };
  const serialize = async (message: unknown, format: string): Promise<string | Buffer> => {
    if (Object.hasOwn(builtIn, format)) return builtIn[format]!(message);
    const plugin = plugins.get(format + suffix);
    if (plugin === undefined) return textInstead(message, unknownFormat(format, supported));
    try {
      return outputOf(await plugin({ message, format }, {}));
    } catch (cause) {
      const valueType = typeName(message);
      const text = `the plug-in ${format}${suffix} failed for this ${valueType}`;
      return textInstead(message, new SerdeError("SERDE_INVALID_VALUE", text, { path: "", valueType, cause }));
    }
  };
  return Object.freeze({
    getSupportedFormats: () => supported,
    serialize,
    plugin: (name: string) => plugins.get(name) ?? null,
    descriptor(format: string) {
      if (Object.hasOwn(builtInDescriptors, format)) return builtInDescriptors[format]!();
      if (!fallback && !plugins.has(format + suffix)) throw unknownFormat(format, supported);
      return serializedBy<unknown>(() => ({
        async serialize(message) {
          const output = await serialize(message, format);
          return typeof output === "string" ? Buffer.from(output, "utf8") : output;
        },
        deserialize: (data) => Promise.resolve(data),
      }));
    },
  });
}

function outputOf(result: unknown): string | Buffer {
  const { serialized_message: output } = (result ?? {}) as { serialized_message?: unknown };
  if (typeof output === "string") return output;
  if (output instanceof Uint8Array) return Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  throw new TypeError(`serialized_message is ${typeName(output)}, but text or bytes were expected`);
}

function unknownFormat(format: string, supported: readonly string[]): SerdeError {
  const shown = JSON.stringify(format.slice(0, 50));
  return new SerdeError(
    "SERDE_UNKNOWN_FORMAT",
    `there is no format ${shown}, only ${supported.join(", ")}; a plug-in would be named ${format.slice(0, 50)}${suffix}`,
  );
}

function unwritable(format: string, message: unknown): SerdeError {
  const valueType = typeName(message);
  return new SerdeError("SERDE_INVALID_VALUE", `the format ${format} cannot write ${valueType}; use json`, { path: "", valueType });
}
