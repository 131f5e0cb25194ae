import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { Base, CredentialProvider } from "@platformatic/kafka";

/** SASL. A credential may be a function, which is called whenever a connection authenticates: that is where tokens are renewed. */
export type PlatformaticSasl =
  | {
      readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
      readonly username: string | CredentialProvider;
      readonly password: string | CredentialProvider;
    }
  | {
      readonly mechanism: "OAUTHBEARER";
      readonly token: string | CredentialProvider;
      /** Further key-value pairs of the first message (RFC 7628, KIP-342). */
      readonly oauthBearerExtensions?: Record<string, string> | CredentialProvider<Record<string, string>>;
    };

/** A connection that the driver makes. */
export interface PlatformaticConnectionOptions {
  /** Addresses, `host:port`. One that answers is enough; it names the others. Kafka: `bootstrap.servers`. */
  readonly brokers: readonly string[];
  /** Kafka: `client.id`. @default the `clientId` of `createKafka` */
  readonly clientId?: string;
  /** TLS: `true`, or options of Node's `tls.connect` (`ca`, `cert`, `key`, ...). The name of the host is sent along (SNI). @default no TLS */
  readonly tls?: true | TlsOptions;
  /** SASL: `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512`, `OAUTHBEARER`. @default none */
  readonly sasl?: PlatformaticSasl;
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
