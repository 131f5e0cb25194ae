import { type ApiName, apis } from "./api.ts";
import type { ResponseTypes } from "./generated/message-types.ts";
import { ByteReader } from "./message/byte-reader.ts";
import { ByteWriter } from "./message/byte-writer.ts";
import { messageCodec } from "./message/message-codec.ts";
import type { MessageInput } from "./message-input.ts";
import { hasFlexibleResponseHeader } from "./request.ts";

/** What a response is made of. */
export interface ResponseInput<Name extends ApiName> {
  readonly api: Name;
  readonly version: number;
  readonly correlationId: number;
  readonly body: MessageInput<ResponseTypes[Name]>;
}

/**
 * A response with its header, without the four-byte length in front of it.
 * @throws ProtocolError `UNSUPPORTED_VERSION`, `INVALID_VALUE`, `UNSUPPORTED_FIELD`
 */
export function encodeResponse<Name extends ApiName>(response: ResponseInput<Name>): Buffer {
  return writeResponse(response).finish();
}

/**
 * The same bytes as `encodeResponse`, in pieces to be sent one after another: large records are not copied but are slices of the body's own memory, which must
 * not be written to until they have been sent.
 * @throws ProtocolError `UNSUPPORTED_VERSION`, `INVALID_VALUE`, `UNSUPPORTED_FIELD`
 */
export function encodeResponseInPieces<Name extends ApiName>(response: ResponseInput<Name>): Uint8Array[] {
  return writeResponse(response).finishInPieces();
}

function writeResponse<Name extends ApiName>(response: ResponseInput<Name>): ByteWriter {
  const codec = messageCodec(`${response.api}Response`, response.version);
  const writer = new ByteWriter();
  writer.int32(response.correlationId);
  if (hasFlexibleResponseHeader(apis[response.api], response.version)) writer.uvarint(0);
  codec.encode(writer, response.body);
  return writer;
}

/**
 * A response whose API and version are known from its request; slices of `buffer` are handed out, not copies.
 * @throws ProtocolError `UNSUPPORTED_VERSION`, `TRUNCATED`, `MALFORMED`, `UNSAFE_INTEGER`
 */
export function decodeResponse<Name extends ApiName>(response: {
  readonly api: Name;
  readonly version: number;
  readonly buffer: Buffer;
}): { readonly correlationId: number; readonly body: ResponseTypes[Name] } {
  const codec = messageCodec(`${response.api}Response`, response.version);
  const reader = new ByteReader(response.buffer, 0, `${response.api} response header`);
  const correlationId = reader.int32();
  if (hasFlexibleResponseHeader(apis[response.api], response.version)) reader.skipTaggedFields();
  const body = codec.decode(response.buffer, reader.position);
  return { correlationId, body: body as unknown as ResponseTypes[Name] };
}

/** The number that ties a response to its request. @throws ProtocolError `TRUNCATED` */
export function readCorrelationId(buffer: Buffer): number {
  return new ByteReader(buffer, 0, "response header").int32();
}
