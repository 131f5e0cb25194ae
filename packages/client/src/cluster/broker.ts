import { AbortedError, type Clock, ClosedError, TimedOutError, withDeadline } from "@millrace/core";
import { KafkaError } from "@millrace/kafka";
import { apis, errorCodes, type MessageInput, type RequestTypes, type ResponseTypes } from "@millrace/protocol";
import { brokerError } from "../client-error.ts";
import type { BrokerAddress, Transport, TransportConnection } from "../transport.ts";
import type { BrokerWatch } from "./broker-watch.ts";
import { chooseVersion, type SpokenApi, spokenVersions, type VersionRange } from "./version-range.ts";

/**
 * The connections to a broker. A broker answers the requests of a connection one after the other, so what may wait long has its own: fetches 1, and 2 what
 * waits for other members of a group.
 */
export type ConnectionIndex = 0 | 1 | 2;

/** How a request is sent. */
export interface RequestOptions {
  /** @default 0 */
  readonly connection?: ConnectionIndex;
  /** How long the answer may take; a connection without it is given up. @default the client's request time-out */
  readonly timeoutMs?: number;
  /** @default true */
  readonly expectAnswer?: boolean;
  /** Keeps to older versions, whose requests mean something else. */
  readonly maxVersion?: number;
}

/** A decoded answer, its error codes unlooked at. */
export interface Answer<Name extends SpokenApi> {
  readonly version: number;
  readonly body: ResponseTypes[Name];
}

/** What a `Broker` needs. */
export interface BrokerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Is told of connections. */
  readonly watch?: BrokerWatch | undefined;
  readonly address: BrokerAddress;
  /** Longest time until a connection is open and the broker has said which versions it speaks. */
  readonly openTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

interface Link {
  readonly connection: TransportConnection;
  readonly offered: ReadonlyMap<number, VersionRange>;
}

/** One broker and the connections to it, which are opened when they are needed and replaced when they are lost. */
export class Broker {
  readonly address: BrokerAddress;
  readonly #options: BrokerOptions;
  readonly #links: (Link | undefined)[] = [];
  readonly #opening: (Promise<Link> | undefined)[] = [];
  readonly #closing = new AbortController();

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.address = options.address;
  }

  /** Whether a connection is open. */
  get isConnected(): boolean {
    return this.#links.some((link) => link?.connection.isOpen === true);
  }

  /** Opens a connection unless it is open. @throws KafkaError `KAFKA_UNREACHABLE`, `KAFKA_AUTHENTICATION_FAILED`, `KAFKA_BROKER_ERROR`; ClosedError */
  async connect(connection: ConnectionIndex = 0): Promise<void> {
    await this.#link(connection);
  }

  /** Sends a request in the newest version that both sides speak. @throws KafkaError, ProtocolError, ClosedError */
  async send<Name extends SpokenApi>(
    api: Name,
    body: (version: number) => MessageInput<RequestTypes[Name]>,
    options: RequestOptions = {},
  ): Promise<Answer<Name>> {
    const { connection: index = 0, timeoutMs = this.#options.requestTimeoutMs, expectAnswer = true, maxVersion } = options;
    const current = this.#links[index];
    // Without a detour where it can be: requests go out in the order in which they were given.
    const { connection, offered } = current?.connection.isOpen === true ? current : await this.#link(index);
    const version = chooseVersion(api, offered.get(apis[api].key), maxVersion);
    if (version === undefined) throw this.#unsupported(api);
    const request = { api, version, body: body(version), expectAnswer };
    return { version, body: await this.#inTime(connection, timeoutMs, connection.exchange(request)) };
  }

  /** Whether the broker speaks an API in a version that this client speaks. Opens a connection unless it is open. */
  async offers(api: SpokenApi): Promise<boolean> {
    const { offered } = await this.#link(0);
    return chooseVersion(api, offered.get(apis[api].key)) !== undefined;
  }

  #link(index: ConnectionIndex): Promise<Link> {
    if (this.#closing.signal.aborted) return Promise.reject(new ClosedError("the connection"));
    const link = this.#links[index];
    if (link?.connection.isOpen === true) return Promise.resolve(link);
    this.#opening[index] ??= this.#open()
      .then((opened) => {
        this.#links[index] = opened;
        return opened;
      })
      .finally(() => {
        this.#opening[index] = undefined;
      });
    return this.#opening[index];
  }

  async #open(): Promise<Link> {
    const { transport, clock, openTimeoutMs, address } = this.#options;
    try {
      return await withDeadline(
        openTimeoutMs,
        async (signal) => {
          const standing = { isWatched: false };
          const connection = await transport.open(address, { signal, onClosed: () => this.#ended(standing) });
          // After the deadline nobody takes it.
          if (signal.aborted) connection.close();
          const onAbort = (): void => connection.close();
          signal.addEventListener("abort", onAbort, { once: true });
          try {
            const offered = await askVersions(connection);
            if (connection.isOpen) this.#began(standing);
            return { connection, offered };
          } catch (error) {
            connection.close();
            throw error;
          } finally {
            signal.removeEventListener("abort", onAbort);
          }
        },
        { clock, signal: this.#closing.signal },
      );
    } catch (error) {
      if (AbortedError.is(error)) throw new ClosedError("the connection");
      throw TimedOutError.is(error) ? this.#silent(error) : error;
    }
  }

  #began(standing: { isWatched: boolean }): void {
    standing.isWatched = true;
    this.#options.watch?.opened(this.address);
  }

  #ended(standing: { isWatched: boolean }): void {
    if (!standing.isWatched) return;
    standing.isWatched = false;
    this.#options.watch?.closed(this.address, this.#closing.signal.aborted ? "closed" : "lost");
  }

  #inTime<T>(connection: TransportConnection, timeoutMs: number, answer: Promise<T>): Promise<T> {
    if (timeoutMs === Number.POSITIVE_INFINITY) return answer;
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.schedule(timeoutMs, () => {
        reject(
          new KafkaError({
            code: "KAFKA_TIMED_OUT",
            retryable: true,
            message: `Broker ${this.#name} did not answer within ${timeoutMs} ms; whether the request had an effect is unknown.`,
          }),
        );
        connection.close();
      });
      answer.then(
        (value) => {
          cancel();
          resolve(value);
        },
        (error: unknown) => {
          cancel();
          reject(error);
        },
      );
    });
  }

  get #name(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  #silent(cause: Error): KafkaError {
    return new KafkaError({
      code: "KAFKA_UNREACHABLE",
      retryable: true,
      message: `Broker ${this.#name} did not answer within ${this.#options.openTimeoutMs} ms. Check whether it wants TLS or SASL.`,
      cause,
    });
  }

  #unsupported(api: SpokenApi): KafkaError {
    const { min, max } = spokenVersions[api];
    return new KafkaError({
      code: "KAFKA_BROKER_ERROR",
      kafkaError: "UNSUPPORTED_VERSION",
      message: `Broker ${this.#name} does not offer ${api} in versions ${min} to ${max}; a newer Kafka is needed.`,
    });
  }

  /** Gives a connection up: what waits on it is rejected, and the next request opens another. */
  drop(index: ConnectionIndex): void {
    this.#links[index]?.connection.close();
  }

  /** Closes both connections at once; what waits is rejected. Idempotent. */
  close(): void {
    this.#closing.abort();
    for (const link of this.#links) link?.connection.close();
  }
}

async function askVersions(connection: TransportConnection): Promise<ReadonlyMap<number, VersionRange>> {
  // The newest that needs no second try with brokers of before Kafka 2.4.
  const version = 2;
  const { errorCode, apiKeys } = await connection.exchange({ api: "ApiVersions", version, body: {}, expectAnswer: true });
  if (errorCode !== errorCodes.NONE) throw brokerError(errorCode, { what: "Asking for the versions that a broker speaks" });
  return new Map(apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { min: minVersion, max: maxVersion }]));
}
