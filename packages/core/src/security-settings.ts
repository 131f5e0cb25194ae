import type { ConnectionOptions } from "node:tls";

/** TLS: `true`, or options of Node's `tls.connect` (`ca`, `cert`, `key`, `servername`, ...). Kafka: `security.protocol`, `ssl.*`. */
export type TlsSettings = true | ConnectionOptions;

/**
 * A secret, or a function that gives it. The function is called whenever a connection authenticates, for the first time and again before its session ends
 * (KIP-368): that is where tokens are renewed. When it fails, the attempt to connect has failed, and may be repeated.
 */
export type Credential = string | (() => string | Promise<string>);

/** SASL. Kafka: `sasl.mechanism`, `sasl.jaas.config`. */
export type SaslSettings =
  | {
      readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
      readonly username: Credential;
      readonly password: Credential;
    }
  | {
      readonly mechanism: "OAUTHBEARER";
      /** The token itself, without a word before it. */
      readonly token: Credential;
      /** Further key-value pairs of the first message (RFC 7628, KIP-342). */
      readonly extensions?: Readonly<Record<string, string>>;
    };
