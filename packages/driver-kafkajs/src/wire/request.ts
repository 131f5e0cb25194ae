import { KafkaError } from "@millrace/kafka";
import type { RequestTypes, ResponseTypes } from "@millrace/protocol";
import { type ApiName, apis, decodeResponse, encodeRequest, type MessageInput } from "@millrace/protocol";
import type { KafkaJsBroker, KafkaJsConnection } from "../client/kafkajs-internals.ts";

/** Which versions of an API this driver can speak. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** kafkajs's two connections to a broker. A broker answers the requests of a connection one after the other, so what may wait long has its own. */
export type ConnectionIndex = 0 | 1;

export interface RequestOptions {
  /** @default 0 */
  readonly connection?: ConnectionIndex;
  /** Longer than the client's request time-out where the broker may hold the answer back. */
  readonly timeoutMs?: number;
  /** @default true */
  readonly expectResponse?: boolean;
}

export interface Answer<Name extends ApiName> {
  readonly version: number;
  readonly body: ResponseTypes[Name];
}

// What stands before the body when client id and correlation id are left to kafkajs: key, version, correlation id, empty client id.
const headerBytes = 10;
const correlationIdBytes = 4;

/**
 * Sends one request over a connection of kafkajs's and answers with the decoded response, its error codes unlooked at. kafkajs does the connecting,
 * TLS, SASL, time-outs and matching of answers; the bytes are ours, because kafkajs's own encoders lose header order, empty batches and all but the first error of a response.
 */
export async function sendRequest<Name extends ApiName>(
  broker: KafkaJsBroker,
  api: Name,
  versions: VersionRange,
  body: (version: number) => MessageInput<RequestTypes[Name]>,
  options: RequestOptions = {},
): Promise<Answer<Name>> {
  const version = chooseVersion(broker, api, versions);
  const encoded = encodeRequest({ api, version, correlationId: 0, clientId: "", body: body(version) }).subarray(headerBytes);
  const { connection: index = 0, timeoutMs = null, expectResponse = true } = options;
  const connection = await broker.connectionPool.getConnection(index);
  try {
    const answer = await connection.send({
      request: {
        apiKey: apis[api].key,
        apiVersion: version,
        apiName: api,
        expectResponse: () => expectResponse,
        encode: async () => ({ buf: encoded, buffer: encoded }),
      },
      response: {
        decode: async (payload) => {
          const decoded = decodeResponse({ api, version, buffer: withCorrelationId(payload) }).body;
          return { clientSideThrottleTime: (decoded as { throttleTimeMs?: number }).throttleTimeMs ?? 0, decoded };
        },
        parse: async (decoded) => decoded,
      },
      requestTimeout: timeoutMs,
      logResponseError: false,
    });
    return { version, body: (answer as { decoded: ResponseTypes[Name] } | undefined)?.decoded as ResponseTypes[Name] };
  } catch (error) {
    if (isTimeout(error)) await dropConnection(connection, error as Error);
    throw error;
  }
}

// kafkajs hands out the response without its first four bytes, as a view on the same memory; the decoder wants them back.
function withCorrelationId(payload: Buffer): Buffer {
  if (payload.byteOffset >= correlationIdBytes) {
    return Buffer.from(payload.buffer, payload.byteOffset - correlationIdBytes, payload.length + correlationIdBytes);
  }
  return Buffer.concat([Buffer.alloc(correlationIdBytes), payload]);
}

function chooseVersion(broker: KafkaJsBroker, api: ApiName, versions: VersionRange): number {
  const offered = broker.versions?.[apis[api].key];
  const version = offered === undefined ? -1 : Math.min(offered.maxVersion, versions.max);
  if (offered === undefined || version < Math.max(offered.minVersion, versions.min)) {
    throw new KafkaError({
      code: "KAFKA_BROKER_ERROR",
      kafkaError: "UNSUPPORTED_VERSION",
      message: `Broker ${broker.brokerAddress} does not offer ${api} in versions ${versions.min} to ${versions.max}; Kafka 2.1 or newer is needed.`,
    });
  }
  return version;
}

function isTimeout(error: unknown): boolean {
  return (error as { name?: unknown }).name === "KafkaJSRequestTimeoutError";
}

/** Gives a connection up at once: kafkajs itself goes on using one whose answers no longer come. */
export async function dropConnection(connection: KafkaJsConnection, error: Error): Promise<void> {
  const { socket } = connection;
  connection.rejectRequests(error);
  await connection.disconnect();
  socket?.destroy();
}
