import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { ConnectionOptions, SecurityOptions } from "@millrace/config";
import { type Credential, InvalidOptionsError, readTlsFiles, type SaslSettings, type TlsSettings } from "@millrace/core";

/** What drivers take to connect. */
export interface ConnectionSettings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly tls?: TlsSettings;
  readonly sasl?: SaslSettings;
}

/**
 * The section `connection` of a configuration as options of a driver: `kafkajs(connectionSettings(config.connection))`. Reads the PEM files that it names, at
 * once. With OAUTHBEARER, `token` gives the tokens.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) with every file that cannot be read, and where there is no token for OAUTHBEARER, or one for anything else
 */
export function connectionSettings(connection: ConnectionOptions, { token }: { readonly token?: Credential } = {}): ConnectionSettings {
  const { brokers, clientId, connectionTimeoutMs, requestTimeoutMs, security } = connection;
  const problems: string[] = [];
  const tls = tlsSettings(security, problems);
  const sasl = saslSettings(security, token, problems);
  if (problems.length > 0)
    throw new InvalidOptionsError(
      "connection",
      problems.map((problem) => `security.${problem}`),
    );
  return {
    brokers,
    clientId,
    connectionTimeoutMs,
    requestTimeoutMs,
    ...(tls !== undefined && { tls }),
    ...(sasl !== undefined && { sasl }),
  };
}

/** TLS of a configuration, with its files read; undefined where connections are in clear. What is wrong goes into `problems`, by the names of its settings. */
export function tlsSettings(security: SecurityOptions, problems: string[]): TlsOptions | undefined {
  return security.protocol.endsWith("SSL") ? readTlsFiles(security, problems) : undefined;
}

function saslSettings(security: SecurityOptions, token: Credential | undefined, problems: string[]): SaslSettings | undefined {
  const { protocol, mechanism, username = "", password = "" } = security;
  const isByToken = protocol.startsWith("SASL_") && mechanism === "OAUTHBEARER";
  if (isByToken && token === undefined)
    problems.push("mechanism OAUTHBEARER needs a function that gets tokens: connectionSettings(connection, { token })");
  if (!isByToken && token !== undefined) problems.push("mechanism must be OAUTHBEARER, because a token is given");
  if (!protocol.startsWith("SASL_") || mechanism === undefined) return undefined;
  return mechanism === "OAUTHBEARER" ? { mechanism, token: token ?? "" } : { mechanism, username, password };
}
