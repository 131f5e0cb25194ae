import type { SaslSettings, TlsSettings } from "@millrace/core";
import type { Base } from "@platformatic/kafka";

/** A connection that the driver makes. */
export interface PlatformaticConnectionOptions {
  /** Addresses, `host:port`. One that answers is enough; it names the others. Kafka: `bootstrap.servers`. */
  readonly brokers: readonly string[];
  /** Kafka: `client.id`. @default the `clientId` of `createKafka` */
  readonly clientId?: string;
  /** `true`, or options of Node's `tls.connect` (`ca`, `cert`, `key`, ...). The name of the host is sent along (SNI). @default no TLS */
  readonly tls?: TlsSettings;
  /** SASL: `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512`, `OAUTHBEARER`. @default none */
  readonly sasl?: SaslSettings;
  /** Longest time until a first broker of the list answers, all attempts together, in milliseconds. @default 10_000 */
  readonly connectionTimeoutMs?: number;
  /** Longest time for a call of a consumer or admin, repetitions included, in milliseconds. Kafka: `request.timeout.ms`. @default 30_000 */
  readonly requestTimeoutMs?: number;
  readonly client?: never;
}

/** Connections like those of a client of the user's own, with its addresses, client id, TLS and SASL. */
export interface PlatformaticClientOptions {
  /** A `Producer`, `Consumer` or `Admin` of @platformatic/kafka. It is read, not used: it may be closed whenever its owner likes. */
  readonly client: Pick<Base, "clientId" | "instanceId">;
  /** @default 10_000 */
  readonly connectionTimeoutMs?: number;
  /** @default 30_000 */
  readonly requestTimeoutMs?: number;
  readonly brokers?: never;
  readonly sasl?: never;
  readonly tls?: never;
}

/** How the platformatic driver connects. */
export type PlatformaticOptions = PlatformaticConnectionOptions | PlatformaticClientOptions;
