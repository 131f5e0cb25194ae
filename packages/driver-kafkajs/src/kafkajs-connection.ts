import { decodeAnswerBytes, encodeRequestBytes, type TransportConnection, type TransportRequest } from "@millrace/client";
import { KafkaError } from "@millrace/kafka";
import { type ApiName, apis, type ResponseTypes } from "@millrace/protocol";
import { exchangeError } from "./kafkajs-error.ts";
import type { KafkaJsConnection } from "./kafkajs-internals.ts";

/** Deadlines are the client's; kafkajs takes the larger of this and its own. */
const neverMs = 2 ** 31 - 1;
/** The part of a session before whose end it authenticates again, if that is less than what kafkajs is told. */
const reauthenticationShare = 0.2;

/**
 * One connection of kafkajs's, made for this and never used again: one that is connected a second time keeps what had arrived of an answer, listens to its old
 * socket, and counts as connected while it ends. Must be made before the connection connects.
 */
export class KafkaJsTransportConnection implements TransportConnection {
  readonly #connection: KafkaJsConnection;
  readonly #broker: string;
  readonly #onClosed: (() => void) | undefined;
  #isReady = false;
  #isOver = false;

  constructor(connection: KafkaJsConnection, broker: string, onClosed?: () => void) {
    this.#connection = connection;
    this.#broker = broker;
    this.#onClosed = onClosed;
    const { connect, processData } = connection;
    // kafkajs's broker connects some steps after it is told to, and once more when the connection is lost before it has the broker's versions.
    connection.connect = async () => {
      if (this.#isOver) throw this.#lost();
      return await connect.call(connection);
    };
    connection.processData = (data) => {
      try {
        processData.call(connection, data);
      } catch {
        // Bytes that are no answer would throw out of a socket listener.
        this.close();
      }
    };
    // kafkajs's 10 s are the whole life of a short session: each request would authenticate, and a broker refuses that within a second of the last time.
    const longestThreshold = connection.reauthenticationThreshold;
    Object.defineProperty(connection, "reauthenticationThreshold", {
      get: () => Math.min(longestThreshold, Math.ceil(Number(connection.sessionLifetime) * reauthenticationShare)),
    });
    // kafkajs waits for answers first, and goes on writing requests meanwhile.
    connection.disconnect = async () => {
      this.close();
      return true;
    };
  }

  get isOpen(): boolean {
    return this.#isReady && !this.#isOver && this.#connection.isConnected();
  }

  /** kafkajs has connected and authenticated. */
  ready(): void {
    this.#isReady = true;
    // Its timers: one looks ten times a second whether a request has waited for too long, and none of ours ever has, by its count.
    this.#connection.requestQueue.destroy();
  }

  async exchange<Name extends ApiName>(request: TransportRequest<Name>): Promise<ResponseTypes[Name]> {
    const { api, version, expectAnswer } = request;
    const bytes = encodeRequestBytes(request);
    try {
      if (this.#isOver) throw this.#lost();
      const answer = await this.#connection.send({
        request: {
          apiKey: apis[api].key,
          apiVersion: version,
          apiName: api,
          expectResponse: () => expectAnswer,
          encode: async () => ({ buf: bytes, buffer: bytes }),
        },
        response: {
          decode: async (payload) => {
            const body = decodeAnswerBytes(request, payload);
            return { clientSideThrottleTime: (body as { throttleTimeMs?: number }).throttleTimeMs ?? 0, body };
          },
          parse: async (decoded) => decoded,
        },
        requestTimeout: neverMs,
        logResponseError: false,
      });
      return (answer as { body: ResponseTypes[Name] } | undefined)?.body as ResponseTypes[Name];
    } catch (error) {
      this.close();
      throw exchangeError(error, this.#broker);
    }
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const connection = this.#connection;
    const wasConnected = connection.isConnected();
    connection.connectionStatus = "disconnected";
    connection.authenticatedAt = null;
    connection.requestQueue.destroy();
    connection.authHandlers?.onError();
    connection.rejectRequests(this.#lost());
    if (this.#isReady) this.#onClosed?.();
    const { socket } = connection;
    if (socket === undefined) return;
    if (!wasConnected) {
      // kafkajs hears of it through its listeners, and clears its timer.
      socket.destroy(new Error("given up while connecting"));
      return;
    }
    for (const event of ["data", "end", "timeout", "error"] as const) socket.removeAllListeners(event);
    socket.on("error", () => {});
    socket.unref();
    // What was written still leaves.
    if (socket.writableLength > 0) socket.destroySoon();
    else socket.destroy();
  }

  #lost(): KafkaError {
    return new KafkaError({ code: "KAFKA_DISCONNECTED", retryable: true, message: `The connection to broker ${this.#broker} was closed.` });
  }
}
