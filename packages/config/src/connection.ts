import { isIPv6 } from "node:net";
import type { TlsFiles } from "@millrace/core";
import { z } from "zod";
import { type ConfigSection, type DeepPartial, defineSection, type RuleFinding } from "./config-section.ts";
import { connectionProperties } from "./connection-properties.ts";

/** How brokers are reached: the values of the section `connection`. */
export interface ConnectionOptions {
  /** The servers to start from, each as `host:port`. Kafka's `bootstrap.servers`. */
  readonly brokers: readonly string[];
  /** The name that this process gives itself. Kafka's `client.id`. @default "millrace" */
  readonly clientId: string;
  /** How long to wait for a connection, in milliseconds. Kafka's `socket.connection.setup.timeout.ms`. @default 10000 */
  readonly connectionTimeoutMs: number;
  /** How long to wait for an answer, in milliseconds. Kafka's `request.timeout.ms`. @default 30000 */
  readonly requestTimeoutMs: number;
  readonly security: SecurityOptions;
}

/** How connections are protected: `connection.security`. Kafka calls what is of TLS `ssl.*`. */
export interface SecurityOptions extends TlsFiles {
  /** Kafka's `security.protocol`. @default "PLAINTEXT" */
  readonly protocol: "PLAINTEXT" | "SSL" | "SASL_PLAINTEXT" | "SASL_SSL";
  /** Kafka's `sasl.mechanism`. Needed with the SASL protocols. */
  readonly mechanism?: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512" | "OAUTHBEARER" | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

const protocols = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] as const;
const mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] as const;

const about = (description: string): { readonly description: string } => ({ description });
const secret = (description: string): { readonly description: string; readonly secret: true } => ({ description, secret: true });
const timeout = z
  .int("must be a whole number of milliseconds")
  .min(1, "must be at least 1 ms")
  .max(2 ** 31 - 1, "must be less than 25 days");
const text = z.string("must be text").min(1, "must not be empty");

const security = z.strictObject({
  protocol: z
    .enum(protocols, `must be one of ${protocols.join(", ")}`)
    .default("PLAINTEXT")
    .meta(about("how connections are protected")),
  mechanism: z
    .enum(mechanisms, { error: ({ input }) => (input === "GSSAPI" ? gssapi : `must be one of ${mechanisms.join(", ")}`) })
    .optional()
    .meta(about("how this client proves who it is")),
  username: text.optional().meta(about("the name to log in with")),
  password: text.optional().meta(secret("the password of username")),
  caFile: text.optional().meta(about("PEM file of the authorities to trust")),
  certificateFile: text.optional().meta(about("PEM file of this client's certificate")),
  keyFile: text.optional().meta(about("PEM file of the key to certificateFile")),
  keyPassword: text.optional().meta(secret("the password of keyFile")),
  checkHostname: z.boolean("must be true or false").optional().meta(about("whether a broker's certificate must name its host")),
});

const gssapi = "GSSAPI (Kerberos) is not supported by any client for Node that millrace drives; use SCRAM-SHA-512, or PLAIN over SASL_SSL";

const broker = z.string("must be text").superRefine((server, context) => {
  const problem = serverProblem(server);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const schema = z.strictObject({
  brokers: z
    .array(broker, "must be a list of servers")
    .min(1, "must name at least one server")
    .max(1000, "must name at most 1000 servers")
    .meta(about("the servers to start from, each as host:port")),
  clientId: text.default("millrace").meta(about("the name that this process gives itself")),
  connectionTimeoutMs: timeout.default(10_000).meta(about("how long to wait for a connection, in milliseconds")),
  requestTimeoutMs: timeout.default(30_000).meta(about("how long to wait for an answer, in milliseconds")),
  security,
});

const saslSsl = { protocol: "SASL_SSL", mechanism: "SCRAM-SHA-256" } as const;

/** The section `connection`: brokers, time-outs and security. Variables: KAFKA_BOOTSTRAP_SERVERS, KAFKA_SASL_USERNAME and so on. */
export const connection: ConfigSection<ConnectionOptions, "connection"> = defineSection({
  name: "connection",
  schema,
  environment: {
    BOOTSTRAP_SERVERS: "brokers",
    BROKERS: "brokers",
    CLIENT_ID: "clientId",
    CONNECTION_TIMEOUT_MS: "connectionTimeoutMs",
    REQUEST_TIMEOUT_MS: "requestTimeoutMs",
    SECURITY_PROTOCOL: "security.protocol",
    SASL_MECHANISM: "security.mechanism",
    SASL_USERNAME: "security.username",
    SASL_PASSWORD: "security.password",
    SSL_CAFILE: "security.caFile",
    SSL_CERTFILE: "security.certificateFile",
    SSL_KEYFILE: "security.keyFile",
    SSL_KEY_PASSWORD: "security.keyPassword",
    SSL_CHECK_HOSTNAME: "security.checkHostname",
  },
  properties: connectionProperties,
  presets: {
    development: { brokers: ["localhost:9092"], security: { protocol: "PLAINTEXT" } },
    staging: { security: saslSsl },
    production: { security: saslSsl },
    "high-security": { requestTimeoutMs: 30_000, security: saslSsl },
    "event-bus": { brokers: ["localhost:9092"] },
    publisher: { brokers: ["localhost:9092"], requestTimeoutMs: 30_000, security: { protocol: "PLAINTEXT" } },
    "domain-events": { brokers: ["localhost:9092"], security: { protocol: "PLAINTEXT" } },
    pipeline: { brokers: ["localhost:9092"], requestTimeoutMs: 30_000 },
  },
  rules: connectionRules,
});

function* connectionRules({ security = {} }: DeepPartial<ConnectionOptions>): Iterable<RuleFinding> {
  const { protocol, mechanism, username, password } = security;
  const finding = (setting: string, message: string): RuleFinding => ({ path: `security.${setting}`, message });
  if (username !== undefined && password === undefined) yield finding("password", "is required, because username is set");
  if (password !== undefined && username === undefined) yield finding("username", "is required, because password is set");
  if (protocol?.startsWith("SASL_") === true) {
    if (mechanism === undefined) yield finding("mechanism", `is required with ${protocol}`);
    else if (mechanism === "OAUTHBEARER") {
      if (username !== undefined)
        yield finding("username", "is not used with OAUTHBEARER: the program gives the driver a function that gets tokens");
    } else if (username === undefined && password === undefined) {
      yield finding("username", `is required with ${mechanism}`);
      yield finding("password", `is required with ${mechanism}`);
    }
    if (protocol === "SASL_PLAINTEXT" && mechanism === "PLAIN") {
      yield { ...finding("protocol", "sends the password in the clear; use SASL_SSL, or a SCRAM mechanism"), severity: "warning" };
    }
  } else if (protocol !== undefined) {
    for (const setting of ["mechanism", "username", "password"] as const) {
      if (security[setting] === undefined) continue;
      // A preset may have named the mechanism; who shows a certificate needs none.
      const severity = setting === "mechanism" && protocol === "SSL" && security.certificateFile !== undefined ? "warning" : "error";
      yield { ...finding(setting, `is not used with ${protocol}; set protocol to SASL_SSL`), severity };
    }
  }
  if (protocol === "PLAINTEXT" || protocol === "SASL_PLAINTEXT") {
    for (const setting of ["caFile", "certificateFile", "keyFile", "keyPassword"] as const) {
      if (security[setting] !== undefined)
        yield finding(setting, `is not used with ${protocol}; set protocol to ${protocol === "PLAINTEXT" ? "SSL" : "SASL_SSL"}`);
    }
  }
  if (security.checkHostname === false && protocol?.endsWith("SSL") === true) {
    const message = "lets any server with a certificate of these authorities pass for a broker; only for tests";
    yield { ...finding("checkHostname", message), severity: "warning" };
  }
  if (security.certificateFile !== undefined && security.keyFile === undefined)
    yield finding("keyFile", "is required, because certificateFile is set");
  if (security.keyFile !== undefined && security.certificateFile === undefined)
    yield finding("certificateFile", "is required, because keyFile is set");
  if (security.keyPassword !== undefined && security.keyFile === undefined)
    yield finding("keyFile", "is required, because keyPassword is set");
}

/** What is wrong with a server's address, or undefined. An IPv6 address stands in brackets: `[::1]:9092`. */
function serverProblem(server: string): string | undefined {
  if (server.includes("://")) return "must be host:port without a protocol; connection.security.protocol says how it is reached";
  if (server.includes("@")) return "must be host:port without a user; connection.security.username and password say who logs in";
  const colon = server.lastIndexOf(":");
  const [host, port] = [server.slice(0, colon), server.slice(colon + 1)];
  if (colon < 0) return "must be host:port; the port is missing";
  if (host === "") return "must be host:port; the host is missing";
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) return "must end with a port from 1 to 65535";
  const isBracketed = host.startsWith("[") && host.endsWith("]");
  // No client knows what to do with the zone of an address, behind its "%".
  const isHost = isBracketed ? isIPv6(host.slice(1, -1)) && !host.includes("%") : /^[a-zA-Z0-9._-]{1,253}$/.test(host);
  if (!isHost) {
    return "must name a host by letters, digits, dots and hyphens, or an IPv6 address in brackets";
  }
  return undefined;
}
