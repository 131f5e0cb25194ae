import { KafkaError } from "@millrace/kafka";
import { type ApiName, decodeResponse, encodeRequest, type ResponseTypes } from "@millrace/protocol";
import type { TransportRequest } from "./transport.ts";

// Key, version, correlation id, and the length of an empty client id.
const headerBytes = 10;
const correlationIdBytes = 4;

/**
 * What follows the client id in a request, for transports whose library writes that far by itself (request header version 1). Flexible versions have the
 * empty tagged fields of their longer header in front.
 * @throws ProtocolError `UNSUPPORTED_VERSION`, `INVALID_VALUE`, `UNSUPPORTED_FIELD`
 */
export function encodeRequestBytes<Name extends ApiName>({ api, version, body }: TransportRequest<Name>): Buffer {
  return encodeRequest({ api, version, correlationId: 0, clientId: "", body }).subarray(headerBytes);
}

/**
 * The answer to a request, from what follows the correlation id. Byte fields are slices of `bytes`, not copies.
 * @throws KafkaError `KAFKA_DISCONNECTED` when the bytes are no such answer: nothing that follows on this connection can be trusted either
 */
export function decodeAnswerBytes<Name extends ApiName>(
  request: Pick<TransportRequest<Name>, "api" | "version">,
  bytes: Buffer,
): ResponseTypes[Name] {
  const { api, version } = request;
  try {
    return decodeResponse({ api, version, buffer: withCorrelationId(bytes) }).body;
  } catch (cause) {
    throw new KafkaError({
      code: "KAFKA_DISCONNECTED",
      retryable: true,
      message: `The broker's answer to ${api} version ${version} cannot be read; its connection is given up.`,
      cause,
    });
  }
}

// The decoder wants the four bytes before; usually they are still there, in the same memory.
function withCorrelationId(bytes: Buffer): Buffer {
  if (bytes.byteOffset >= correlationIdBytes) {
    return Buffer.from(bytes.buffer, bytes.byteOffset - correlationIdBytes, bytes.length + correlationIdBytes);
  }
  return Buffer.concat([Buffer.alloc(correlationIdBytes), bytes]);
}
