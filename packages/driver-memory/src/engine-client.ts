import { type BrokerEngine, RefusedRequestError } from "@millrace/embedded-kafka";
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
   * @throws KafkaError (`KAFKA_DISCONNECTED`) after `close`, when the engine hangs up, or (not retryable) when it refuses the request, as a closed one does
   */
  call<Api extends ApiName>(api: Api, body: MessageInput<RequestTypes[Api]>): Promise<ResponseTypes[Api]>;
  callWithoutAnswer<Api extends ApiName>(api: Api, body: MessageInput<RequestTypes[Api]>): Promise<void>;
  /** Hangs up: requests that wait in the engine are dropped. Idempotent. */
  close(): void;
}

// Later versions name topics by id; names are all this client needs.
const newest: Partial<Record<ApiName, number>> = { Produce: 12, Fetch: 12, OffsetCommit: 9, OffsetFetch: 9 };

/**
 * What a broker with a socket closes the connection for. The same request would be refused again, and a closed engine never opens again; a
 * connection that a fault on demand has dropped is opened anew.
 */
function refused(cause: unknown): KafkaError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const retryable = RefusedRequestError.is(cause) && cause.retryable;
  return new KafkaError({ code: "KAFKA_DISCONNECTED", message: `the in-memory broker refused a request: ${why}`, retryable, cause });
}

/** Opens a connection to an engine. `connectionId` must be unique in it. */
export function createEngineClient(engine: BrokerEngine, clientId: string, connectionId: string): EngineClient {
  const closing = new AbortController();
  let negotiated: Promise<ReadonlyMap<number, number>> | undefined;
  let correlationId = 0;

  const hungUp = (): KafkaError =>
    new KafkaError({ code: "KAFKA_DISCONNECTED", message: "the connection to the in-memory broker was closed", retryable: true });

  const exchange = async <Api extends ApiName>(
    api: Api,
    version: number,
    body: MessageInput<RequestTypes[Api]>,
  ): Promise<ResponseTypes[Api] | undefined> => {
    if (closing.signal.aborted) throw hungUp();
    correlationId = (correlationId + 1) & 0x7fffffff;
    const request = decodeRequest(encodeRequest({ api, version, correlationId, clientId, body }));
    const answer = await ask(api, version, request.body as RequestTypes[Api]);
    if (answer === undefined) return undefined;
    const buffer = encodeResponse({ api, version, correlationId, body: answer });
    return decodeResponse({ api, version, buffer }).body;
  };

  const ask = <Api extends ApiName>(api: Api, version: number, body: RequestTypes[Api]) => {
    try {
      const answered = engine.handle({ api, version, clientId, body, connection: { id: connectionId } });
      return answered instanceof Promise ? orHungUp(answered) : answered;
    } catch (error) {
      throw refused(error);
    }
  };

  const orHungUp = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => reject(hungUp());
      closing.signal.addEventListener("abort", onAbort, { once: true });
      answer.then(resolve, (error: unknown) => reject(refused(error))).finally(() => closing.signal.removeEventListener("abort", onAbort));
    });

  const negotiate = async (): Promise<ReadonlyMap<number, number>> => {
    const answer = await exchange("ApiVersions", Math.min(3, apis.ApiVersions.maxVersion), {
      clientSoftwareName: "millrace-driver-memory",
      clientSoftwareVersion: "0",
    });
    return new Map(answer?.apiKeys.map(({ apiKey, maxVersion }) => [apiKey, maxVersion]));
  };

  const versionOf = async (api: ApiName): Promise<number> => {
    // One promise for all: calls go on in the order in which they were made.
    negotiated ??= negotiate().catch((error: unknown) => {
      negotiated = undefined;
      throw error;
    });
    const served = (await negotiated).get(apiKeys[api]);
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
