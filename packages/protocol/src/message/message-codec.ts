import { schemaTable } from "../generated/schema-table.ts";
import { ProtocolError } from "../protocol-error.ts";
import { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { compileDecoder, type StructValue } from "./compile-decoder.ts";
import { compileEncoder } from "./compile-encoder.ts";
import type { MessageSchema } from "./message-schema.ts";

/** Reads and writes one message in one version. */
export interface MessageCodec {
  readonly flexible: boolean;
  decode(buffer: Buffer, at: number, maxElements?: number): StructValue;
  encode(writer: ByteWriter, body: unknown): void;
}

interface MessageEntry {
  readonly schema: MessageSchema;
  readonly codecs: (MessageCodec | undefined)[];
}

// A memo, not state: the same name and version always give the same codec, compiled when it is first asked for.
const entries = new Map<string, MessageEntry>();

/**
 * The codec of a message (`"ProduceRequest"`) in a version.
 * @throws ProtocolError `UNKNOWN_MESSAGE`, `UNSUPPORTED_VERSION`
 */
export function messageCodec(name: string, version: number): MessageCodec {
  const entry = messageEntry(name);
  const known = entry.codecs[version];
  if (known !== undefined) return known;
  const codec = compile(name, version, entry.schema);
  entry.codecs[version] = codec;
  return codec;
}

/** The schema of a message. @throws ProtocolError `UNKNOWN_MESSAGE` */
export function messageSchema(name: string): MessageSchema {
  return messageEntry(name).schema;
}

function messageEntry(name: string): MessageEntry {
  const known = entries.get(name);
  if (known !== undefined) return known;
  const make = Object.hasOwn(schemaTable, name) ? schemaTable[name] : undefined;
  if (make === undefined) throw new ProtocolError("UNKNOWN_MESSAGE", `the protocol tables have no message "${name}"`);
  const entry: MessageEntry = { schema: make(), codecs: [] };
  entries.set(name, entry);
  return entry;
}

function compile(name: string, version: number, schema: MessageSchema): MessageCodec {
  if (!Number.isInteger(version) || version < schema.minVersion || version > schema.maxVersion) {
    throw new ProtocolError(
      "UNSUPPORTED_VERSION",
      `${name} has versions ${schema.minVersion} to ${schema.maxVersion}, but version ${version} was asked for`,
    );
  }
  const subject = `${name} v${version}`;
  const flexible = schema.flexibleFrom !== undefined && version >= schema.flexibleFrom;
  const decode = compileDecoder(schema.fields, version, flexible);
  return {
    flexible,
    decode: (buffer, at, maxElements) => decode(new ByteReader(buffer, at, subject, maxElements)),
    encode: compileEncoder(schema.fields, version, flexible, subject),
  };
}
