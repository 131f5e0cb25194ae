import type { EmbeddedMessageTypes } from "./generated/message-types.ts";
import { ByteReader } from "./message/byte-reader.ts";
import { ByteWriter } from "./message/byte-writer.ts";
import { messageCodec, messageSchema } from "./message/message-codec.ts";
import type { MessageInput } from "./message-input.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Name of a message that travels inside a request, a response or a record. */
export type EmbeddedMessageName = keyof EmbeddedMessageTypes;

/**
 * A message without its version in front.
 * @throws ProtocolError `UNSUPPORTED_VERSION`, `INVALID_VALUE`, `UNSUPPORTED_FIELD`
 */
export function encodeMessage<Name extends EmbeddedMessageName>(
  name: Name,
  version: number,
  body: MessageInput<EmbeddedMessageTypes[Name]>,
): Buffer {
  const writer = new ByteWriter();
  messageCodec(name, version).encode(writer, body);
  return writer.finish();
}

/**
 * A message that has no version in front.
 * @throws ProtocolError `UNSUPPORTED_VERSION`, `TRUNCATED`, `MALFORMED`, `UNSAFE_INTEGER`
 */
export function decodeMessage<Name extends EmbeddedMessageName>(name: Name, version: number, buffer: Buffer): EmbeddedMessageTypes[Name] {
  return messageCodec(name, version).decode(buffer, 0) as unknown as EmbeddedMessageTypes[Name];
}

/** A message behind its version, two bytes, as it stands in group metadata, assignments and control records. */
export function encodeVersionedMessage<Name extends EmbeddedMessageName>(
  name: Name,
  version: number,
  body: MessageInput<EmbeddedMessageTypes[Name]>,
): Buffer {
  const writer = new ByteWriter();
  writer.int16(version);
  messageCodec(name, version).encode(writer, body);
  return writer.finish();
}

/**
 * A message behind its version. A version newer than the tables is read as the newest known one: these messages only ever grow at the end.
 * @throws ProtocolError `UNSUPPORTED_VERSION`, `TRUNCATED`, `MALFORMED`, `UNSAFE_INTEGER`
 */
export function decodeVersionedMessage<Name extends EmbeddedMessageName>(
  name: Name,
  buffer: Buffer,
): { readonly version: number; readonly body: EmbeddedMessageTypes[Name] } {
  const version = new ByteReader(buffer, 0, name).int16();
  if (version < 0) throw new ProtocolError("UNSUPPORTED_VERSION", `${name} has version ${version}`);
  const known = Math.min(version, messageSchema(name).maxVersion);
  return { version, body: messageCodec(name, known).decode(buffer, 2) as unknown as EmbeddedMessageTypes[Name] };
}
