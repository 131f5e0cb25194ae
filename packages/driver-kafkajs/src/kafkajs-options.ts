import type { SaslSettings, TlsSettings } from "@millrace/core";
import type { Kafka } from "kafkajs";

/** A connection that the driver makes. */
export interface KafkaJsConnectionOptions {
  /** Addresses, `host:port`. One that answers is enough; it names the others. Kafka: `bootstrap.servers`. */
  readonly brokers: readonly string[];
  /** Kafka: `client.id`. @default the `clientId` of `createKafka` */
  readonly clientId?: string;
  /** `true`, or options of Node's `tls.connect` (`ca`, `cert`, `key`, ...). The name of the host is sent along (SNI). @default no TLS */
  readonly tls?: TlsSettings;
  /** SASL: `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512`, `OAUTHBEARER`. What else kafkajs can do (`aws`) it does with a `client`. @default none */
  readonly sasl?: SaslSettings;
  /** Longest time until a first broker of the list answers, all attempts together, in milliseconds. @default 10_000 */
  readonly connectionTimeoutMs?: number;
  /** Longest time for a call of a consumer or admin, repetitions included, in milliseconds. Kafka: `request.timeout.ms`. @default 30_000 */
  readonly requestTimeoutMs?: number;
  /** Whether kafkajs's idle loop is repaired, once per copy of kafkajs, by a guarded patch. @default true */
  readonly repair?: boolean;
  readonly client?: never;
}

/** A connection through a kafkajs client of the user's own, with all of its settings. */
export interface KafkaJsClientOptions {
  readonly client: Kafka;
  readonly sasl?: never;
  readonly tls?: never;
  /** @default 10_000 */
  readonly connectionTimeoutMs?: number;
  /** @default 30_000 */
  readonly requestTimeoutMs?: number;
  /** @default true */
  readonly repair?: boolean;
  readonly brokers?: never;
}

/** How the kafkajs driver connects. */
export type KafkaJsOptions = KafkaJsConnectionOptions | KafkaJsClientOptions;
