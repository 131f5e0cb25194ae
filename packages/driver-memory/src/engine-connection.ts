import type { TransportConnection, TransportRequest } from "@millrace/client";
import { type Clock, sleep } from "@millrace/core";
import { type BrokerEngine, type EngineRequest, RefusedRequestError } from "@millrace/embedded-kafka";
import { KafkaError } from "@millrace/kafka";
import { type ApiName, decodeRequest, decodeResponse, encodeRequest, encodeResponse, type ResponseTypes } from "@millrace/protocol";

/** What an `EngineConnection` needs. */
export interface EngineConnectionOptions {
  readonly engine: BrokerEngine;
  readonly clientId: string;
  readonly clock: Clock;
  /** Unique in the engine. */
  readonly id: string;
  /** Which broker it leads to. */
  readonly nodeId: number | undefined;
  /** Called once. */
  readonly onClosed: () => void;
}

/** An engine in the process answers within the turn of the event loop: timers, sockets and signals get theirs after so many fetches. */
const fetchesPerTurn = 8;

/**
 * One connection to an engine, by function call. Requests and answers pass through their wire form, so that both sides see exactly what they would see on
 * a socket; and as on a socket, a request is looked at when the one before has been answered.
 */
export class EngineConnection implements TransportConnection {
  readonly #options: EngineConnectionOptions;
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
  #correlationId = 0;
  #fetches = 0;

  constructor(options: EngineConnectionOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return !this.#closing.signal.aborted;
  }

  exchange<Name extends ApiName>(request: TransportRequest<Name>): Promise<ResponseTypes[Name]> {
    const answer = this.#orClosed(this.#last.then(async () => await this.#exchange(request)));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #exchange<Name extends ApiName>({ api, version, body, expectAnswer }: TransportRequest<Name>): Promise<ResponseTypes[Name]> {
    const { clientId, clock } = this.#options;
    const { signal } = this.#closing;
    this.#closing.signal.throwIfAborted();
    this.#correlationId = (this.#correlationId + 1) & 0x7fffffff;
    const correlationId = this.#correlationId;
    const decoded = decodeRequest(encodeRequest({ api, version, correlationId, clientId, body }));
    if (api === "Fetch" && ++this.#fetches % fetchesPerTurn === 0) await sleep(0, { clock, signal });
    const answer = await this.#ask({ api, version, body: decoded.body as EngineRequest<Name>["body"] });
    if (!this.isOpen) throw lost();
    if (answer === undefined) {
      // Where an answer was due, a broker that gives none hangs up.
      if (expectAnswer) this.close();
      return expectAnswer ? Promise.reject(lost()) : (undefined as unknown as ResponseTypes[Name]);
    }
    const buffer = encodeResponse({ api, version, correlationId, body: answer });
    return decodeResponse({ api, version, buffer }).body;
  }

  async #ask<Name extends ApiName>(request: Pick<EngineRequest<Name>, "api" | "version" | "body">) {
    const { engine, clientId, id, nodeId } = this.#options;
    try {
      return await engine.handle({ ...request, clientId, connection: { id }, ...(nodeId === undefined ? {} : { nodeId }) });
    } catch (error) {
      const reason = refused(error);
      this.#end(reason);
      throw reason;
    }
  }

  #orClosed<T>(answer: Promise<T>): Promise<T> {
    const { signal } = this.#closing;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as KafkaError);
      signal.addEventListener("abort", onAbort, { once: true });
      answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    });
  }

  close(): void {
    this.#end(lost());
  }

  #end(reason: KafkaError): void {
    if (!this.isOpen) return;
    this.#closing.abort(reason);
    this.#options.engine.connectionClosed(this.#options.id);
    this.#options.onClosed();
  }
}

function lost(): KafkaError {
  return new KafkaError({ code: "KAFKA_DISCONNECTED", message: "The connection to the in-memory broker was closed.", retryable: true });
}

// The same request would be refused again, and a closed engine never opens again; a connection that a fault on demand has dropped is opened anew.
function refused(cause: unknown): KafkaError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const retryable = RefusedRequestError.is(cause) && cause.retryable;
  return new KafkaError({ code: "KAFKA_DISCONNECTED", message: `The in-memory broker refused a request: ${why}.`, retryable, cause });
}
