import type { ApiName, MessageInput, RequestTypes, ResponseTypes } from "@millrace/protocol";

/** Where a broker listens. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** One request, in the version that the client chose for it. */
export interface TransportRequest<Name extends ApiName = ApiName> {
  readonly api: Name;
  readonly version: number;
  readonly body: MessageInput<RequestTypes[Name]>;
  /** False for what a broker does not answer: a Produce request with acks 0. */
  readonly expectAnswer: boolean;
}

/**
 * How a driver reaches brokers. It opens connections and carries requests; what is asked, of whom, when and how often is the client's business, and so
 * are all deadlines.
 */
export interface Transport {
  /** Addresses to start with, in the order in which they are tried. Asked for again whenever no known broker can be reached. */
  bootstrap(): Promise<readonly BrokerAddress[]>;
  /**
   * Opens one connection, ready for any request: TLS and SASL are done. When the signal aborts, nobody waits any more: what was begun is taken back, and
   * nothing is left behind.
   * @throws KafkaError `KAFKA_UNREACHABLE` (retryable), `KAFKA_AUTHENTICATION_FAILED`
   */
  open(
    address: BrokerAddress,
    options: {
      readonly signal: AbortSignal;
      /** Called once, when the connection that was opened is lost or closed, also while nobody waits for an answer. */
      readonly onClosed?: () => void;
    },
  ): Promise<TransportConnection>;
}

/** A connection to one broker. Once it is lost it is never used again: the client opens another. */
export interface TransportConnection {
  /** False as soon as the connection is lost or closed. */
  readonly isOpen: boolean;
  /**
   * Sends a request and resolves with its decoded answer; without an expected answer, when the request is written. Requests are written in call order
   * and may be under way together; a broker answers them in that order. There is no time limit: the client closes a connection whose answer does not come.
   * @throws KafkaError `KAFKA_DISCONNECTED` (retryable) when the connection is lost or closed before the answer, or what came is none;
   * ProtocolError when the request cannot be encoded
   */
  exchange<Name extends ApiName>(request: TransportRequest<Name>): Promise<ResponseTypes[Name]>;
  /** Ends the connection at once, and rejects what waits. Idempotent. */
  close(): void;
}
