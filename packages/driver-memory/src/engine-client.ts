import type { BrokerEngine } from "@millrace/embedded-kafka";
import { KafkaError } from "@millrace/kafka";
import {
  type ApiName,
  apiKeys,
  apis,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type MessageInput,
  type RequestTypes,
  type ResponseTypes,
} from "@millrace/protocol";

/** One client connection to the engine, by function call. */
export interface EngineClient {
  readonly clientId: string;
  /**
   * One request and its answer, in the newest version that both sides know. Requests and answers pass through their wire form, so that both sides see exactly
   * what they would see on a socket. Resolves with undefined where the protocol has no answer (`acks=0`).
   * @throws KafkaError (`KAFKA_DISCONNECTED`) after `close`, or when the engine hangs up
   */
  call<Api extends ApiName>(api: Api, body: MessageInput<RequestTypes[Api]>): Promise<ResponseTypes[Api]>;
  callWithoutAnswer<Api extends ApiName>(api: Api, body: MessageInput<RequestTypes[Api]>): Promise<void>;
  /** Hangs up: requests that wait in the engine are dropped. Idempotent. */
  close(): void;
}

// Later versions name topics by id; names are all this client needs.
const newest: Partial<Record<ApiName, number>> = { Produce: 12, Fetch: 12, OffsetCommit: 9, OffsetFetch: 9 };

/** Opens a connection to an engine. `connectionId` must be unique in it. */
export function createEngineClient(engine: BrokerEngine, clientId: string, connectionId: string): EngineClient {
  const closing = new AbortController();
  const versions = new Map<number, number>();
  let correlationId = 0;

  const hungUp = (cause?: unknown): KafkaError =>
    new KafkaError({ code: "KAFKA_DISCONNECTED", message: "the connection to the in-memory broker was closed", retryable: true, cause });

  const exchange = async <Api extends ApiName>(
    api: Api,
    version: number,
    body: MessageInput<RequestTypes[Api]>,
  ): Promise<ResponseTypes[Api] | undefined> => {
    if (closing.signal.aborted) throw hungUp();
    correlationId = (correlationId + 1) & 0x7fffffff;
    const request = decodeRequest(encodeRequest({ api, version, correlationId, clientId, body }));
    const answered = engine.handle({ api, version, clientId, body: request.body, connection: { id: connectionId } });
    const answer = await (answered instanceof Promise ? orHungUp(answered) : answered);
    if (answer === undefined) return undefined;
    const buffer = encodeResponse({ api, version, correlationId, body: answer as MessageInput<ResponseTypes[Api]> });
    return decodeResponse({ api, version, buffer }).body as ResponseTypes[Api];
  };

  const orHungUp = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => reject(hungUp());
      closing.signal.addEventListener("abort", onAbort, { once: true });
      answer.then(resolve, (error: unknown) => reject(hungUp(error))).finally(() => closing.signal.removeEventListener("abort", onAbort));
    });

  const versionOf = async (api: ApiName): Promise<number> => {
    if (versions.size === 0) {
      const answer = await exchange("ApiVersions", Math.min(3, apis.ApiVersions.maxVersion), {
        clientSoftwareName: "millrace-driver-memory",
        clientSoftwareVersion: "0",
      });
      for (const { apiKey, maxVersion } of answer?.apiKeys ?? []) versions.set(apiKey, maxVersion);
    }
    const served = versions.get(apiKeys[api]);
    if (served === undefined) {
      throw new KafkaError({
        code: "KAFKA_BROKER_ERROR",
        message: `the in-memory broker does not serve ${api}`,
        kafkaError: "UNSUPPORTED_VERSION",
      });
    }
    return Math.min(served, apis[api].maxVersion, newest[api] ?? Number.POSITIVE_INFINITY);
  };

  return {
    clientId,
    async call<Api extends ApiName>(api: Api, body: MessageInput<RequestTypes[Api]>): Promise<ResponseTypes[Api]> {
      const answer = await exchange(api, await versionOf(api), body);
      if (answer === undefined) throw hungUp();
      return answer;
    },
    async callWithoutAnswer(api, body) {
      await exchange(api, await versionOf(api), body);
    },
    close() {
      if (closing.signal.aborted) return;
      closing.abort();
      engine.connectionClosed(connectionId);
    },
  };
}
