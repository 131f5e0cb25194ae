import { type ApiDescriptor, type ApiName, apiByKey, apis } from "./api.ts";
import type { RequestTypes } from "./generated/message-types.ts";
import { ByteReader } from "./message/byte-reader.ts";
import { ByteWriter } from "./message/byte-writer.ts";
import { messageCodec } from "./message/message-codec.ts";
import type { MessageInput } from "./message-input.ts";
import { ProtocolError } from "./protocol-error.ts";

/** What stands before the body of every request. */
export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Index of the first byte of the body. */
  readonly bodyOffset: number;
}

/** A decoded request of one API. */
export interface RequestOf<Name extends ApiName> {
  readonly api: Name;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  readonly body: RequestTypes[Name];
}

/** A decoded request; `api` tells which one. */
export type Request = { [Name in ApiName]: RequestOf<Name> }[ApiName];

const apiVersionsKey = apis.ApiVersions.key;

/**
 * A request with its header, without the four-byte length in front of it.
 * @throws ProtocolError `UNSUPPORTED_VERSION`, `INVALID_VALUE`, `UNSUPPORTED_FIELD`
 */
export function encodeRequest<Name extends ApiName>(request: {
  readonly api: Name;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  readonly body: MessageInput<RequestTypes[Name]>;
}): Buffer {
  const codec = messageCodec(`${request.api}Request`, request.version);
  const writer = new ByteWriter();
  writer.int16(apis[request.api].key);
  writer.int16(request.version);
  writer.int32(request.correlationId);
  // The client id keeps its two-byte length in flexible versions, so that any broker can read any header.
  if (request.clientId === null) writer.int16(-1);
  else if (writer.string(request.clientId, false) > 0x7fff) throw new ProtocolError("INVALID_VALUE", "clientId is longer than 32767 bytes");
  if (codec.flexible) writer.uvarint(0);
  codec.encode(writer, request.body);
  return writer.finish();
}

/**
 * The header of a request, also when its API or version is not in the tables.
 * @throws ProtocolError `TRUNCATED`, `MALFORMED`
 */
export function decodeRequestHeader(buffer: Buffer): RequestHeader {
  const reader = new ByteReader(buffer, 0, "request header");
  const apiKey = reader.int16();
  const apiVersion = reader.int16();
  const correlationId = reader.int32();
  const api = apiByKey(apiKey);
  // The first header version, long gone, ends here; nothing but an unknown API may still use it.
  if (api === undefined && reader.position === reader.end) return { apiKey, apiVersion, correlationId, clientId: null, bodyOffset: 8 };
  const clientId = reader.string(false);
  if (isFlexible(api, apiVersion)) reader.skipTaggedFields();
  return { apiKey, apiVersion, correlationId, clientId, bodyOffset: reader.position };
}

/** What a decoder puts up with. */
export interface DecodeLimits {
  /** Elements that all arrays of a request may hold together; more are `MALFORMED`. @default as many as there are bytes */
  readonly maxElements?: number | undefined;
}

/**
 * A request with its body; slices of `buffer` are handed out, not copies. An array of small things takes many times the memory of its bytes: who
 * reads what strangers send sets `maxElements`.
 * @throws ProtocolError `UNKNOWN_MESSAGE`, `UNSUPPORTED_VERSION`, `TRUNCATED`, `MALFORMED`, `UNSAFE_INTEGER`
 */
export function decodeRequest(buffer: Buffer, limits: DecodeLimits = {}): Request {
  const header = decodeRequestHeader(buffer);
  const api = apiByKey(header.apiKey);
  if (api === undefined) throw new ProtocolError("UNKNOWN_MESSAGE", `the protocol tables have no API with key ${header.apiKey}`);
  const body = messageCodec(`${api.name}Request`, header.apiVersion).decode(buffer, header.bodyOffset, limits.maxElements);
  const { apiVersion: version, correlationId, clientId } = header;
  return { api: api.name, version, correlationId, clientId, body } as unknown as Request;
}

function isFlexible(api: ApiDescriptor | undefined, version: number): boolean {
  return api?.flexibleFrom !== undefined && version >= api.flexibleFrom;
}

/** Whether the header of this API's response has tagged fields. ApiVersions never has: its reader does not know the broker's versions yet. */
export function hasFlexibleResponseHeader(api: ApiDescriptor, version: number): boolean {
  return api.key !== apiVersionsKey && isFlexible(api, version);
}
