import { expect, test } from "vitest";
import type { DeepPartial } from "./config-section.ts";
import { type ConnectionOptions, connection, type SecurityOptions } from "./connection.ts";
import { loadConfig, safeLoadConfig } from "./load-config.ts";

function check(values: DeepPartial<ConnectionOptions>): { readonly errors: readonly string[]; readonly warnings: readonly string[] } {
  const result = safeLoadConfig({ sections: [connection], object: { connection: values }, environment: {} });
  return {
    errors: result.errors.map(({ path, rule }) => `${path.replace("connection.", "")}: ${rule}`),
    warnings: result.warnings.map(({ path, message }) => `${path.replace("connection.", "")}: ${message}`),
  };
}

const brokers = ["a:1"];
const secured = (security: DeepPartial<SecurityOptions>) => check({ brokers, security });

test("brokers are all that has to be given", () => {
  expect(loadConfig({ sections: [connection], environment: { KAFKA_BROKERS: "a:1,b:2" } }).connection).toEqual({
    brokers: ["a:1", "b:2"],
    clientId: "millrace",
    connectionTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    security: { protocol: "PLAINTEXT" },
  });
  expect(loadConfig({ sections: [connection], environment: {}, preset: "development" }).connection.brokers).toEqual(["localhost:9092"]);
});

test("every setting has its variable", () => {
  const environment = {
    KAFKA_BOOTSTRAP_SERVERS: "a:1",
    KAFKA_CLIENT_ID: "shop",
    KAFKA_CONNECTION_TIMEOUT_MS: "1",
    KAFKA_REQUEST_TIMEOUT_MS: "2",
    KAFKA_SECURITY_PROTOCOL: "SASL_SSL",
    KAFKA_SASL_MECHANISM: "SCRAM-SHA-512",
    KAFKA_SASL_USERNAME: "u",
    KAFKA_SASL_PASSWORD: "p",
    KAFKA_SSL_CAFILE: "ca.pem",
    KAFKA_SSL_CERTFILE: "c.pem",
    KAFKA_SSL_KEYFILE: "k.pem",
    KAFKA_SSL_KEY_PASSWORD: "kp",
  };
  expect(loadConfig({ sections: [connection], environment }).connection).toEqual({
    brokers: ["a:1"],
    clientId: "shop",
    connectionTimeoutMs: 1,
    requestTimeoutMs: 2,
    security: {
      protocol: "SASL_SSL",
      mechanism: "SCRAM-SHA-512",
      username: "u",
      password: "p",
      caFile: "ca.pem",
      certificateFile: "c.pem",
      keyFile: "k.pem",
      keyPassword: "kp",
    },
  });
});

test.each(["host:1", "my-host.example.com:65535", "10.0.0.1:9092", "[::1]:9092", "[2001:DB8::127.0.0.1]:1", "a_b:9"])(
  "%s is a server",
  (server) => {
    expect(check({ brokers: [server] }).errors).toEqual([]);
  },
);

test.each([
  ["host", "the port is missing"],
  ["", "the port is missing"],
  [":9092", "the host is missing"],
  ["host:", "must end with a port"],
  ["host:0", "must end with a port"],
  ["host:65536", "must end with a port"],
  ["host:9e3", "must end with a port"],
  ["host: 9092", "must end with a port"],
  ["kafka://host:9092", "without a protocol"],
  ["user:word@host:9092", "without a user"],
  ["::1:9092", "in brackets"],
  ["[fe80::1%eth0]:9092", "must name a host"],
  ["[12]:9092", "must name a host"],
  ["ho st:9092", "must name a host"],
  ["host;rm:9092", "must name a host"],
  [`${"h".repeat(254)}:1`, "must name a host"],
])("%s is no server: %s", (server, reason) => {
  expect(check({ brokers: [server] }).errors).toEqual([expect.stringContaining(reason)]);
});

test("each wrong server is named, and there are limits to their number", () => {
  expect(check({ brokers: ["a:1", "b", "c"] }).errors.map((error) => error.split(":")[0])).toEqual(["brokers.1", "brokers.2"]);
  expect(check({ brokers: [] }).errors).toEqual(["brokers: must name at least one server"]);
  expect(check({ brokers: Array.from({ length: 1001 }, () => "a:1") }).errors).toEqual(["brokers: must name at most 1000 servers"]);
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "5"])("%s is no time-out", (value) => {
  expect(check({ brokers, requestTimeoutMs: value as number }).errors).toHaveLength(1);
});

test.each<[DeepPartial<SecurityOptions>, readonly string[]]>([
  [{ username: "u" }, ["password: is required, because username is set", "username: is not used with PLAINTEXT; set protocol to SASL_SSL"]],
  [{ protocol: "SASL_SSL" }, ["mechanism: is required with SASL_SSL"]],
  [{ protocol: "SASL_SSL", mechanism: "PLAIN" }, ["username: is required with PLAIN", "password: is required with PLAIN"]],
  [{ protocol: "SASL_SSL", mechanism: "SCRAM-SHA-256", password: "p" }, ["username: is required, because password is set"]],
  [{ protocol: "SASL_SSL", mechanism: "SCRAM-SHA-256", username: "u", password: "p" }, []],
  [{ protocol: "SASL_SSL", mechanism: "OAUTHBEARER" }, []],
  [
    { protocol: "SASL_SSL", mechanism: "OAUTHBEARER", username: "u", password: "p" },
    ["username: is not used with OAUTHBEARER: the program gives the driver a function that gets tokens"],
  ],
  [{ protocol: "SSL", mechanism: "PLAIN" }, ["mechanism: is not used with SSL; set protocol to SASL_SSL"]],
  [{ protocol: "SSL", caFile: "ca.pem" }, []],
  [{ caFile: "ca.pem" }, ["caFile: is not used with PLAINTEXT; set protocol to SSL"]],
  [
    { protocol: "SASL_PLAINTEXT", mechanism: "SCRAM-SHA-512", username: "u", password: "p", caFile: "ca.pem" },
    ["caFile: is not used with SASL_PLAINTEXT; set protocol to SASL_SSL"],
  ],
  [{ protocol: "SSL", certificateFile: "c.pem" }, ["keyFile: is required, because certificateFile is set"]],
  [{ protocol: "SSL", keyFile: "k.pem" }, ["certificateFile: is required, because keyFile is set"]],
  [{ protocol: "SSL", keyPassword: "kp" }, ["keyFile: is required, because keyPassword is set"]],
  [{ protocol: "TLS" as "SSL" }, ["protocol: must be one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL"]],
  [{ protocol: "SASL_SSL", mechanism: "MD5" as "PLAIN" }, ["mechanism: must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER"]],
])("security %j gives %j", (security, problems) => {
  expect(secured(security).errors).toEqual(problems.map((problem) => `security.${problem}`));
});

test("GSSAPI is refused with what to use instead", () => {
  expect(secured({ protocol: "SASL_SSL", mechanism: "GSSAPI" as "PLAIN" }).errors).toEqual([
    "security.mechanism: GSSAPI (Kerberos) is not supported by any client for Node that millrace drives; use SCRAM-SHA-512, or PLAIN over SASL_SSL",
  ]);
});

test("a password that would travel in the clear is worth a warning", () => {
  const security = { protocol: "SASL_PLAINTEXT", mechanism: "PLAIN", username: "u", password: "p" } as const;
  expect(secured(security)).toEqual({
    errors: [],
    warnings: ["security.protocol: sends the password in the clear; use SASL_SSL, or a SCRAM mechanism"],
  });
  expect(secured({ ...security, mechanism: "SCRAM-SHA-512" }).warnings).toEqual([]);
});

test("a broker whose certificate names another host is refused, unless a warning is accepted", () => {
  expect(secured({ protocol: "SSL", checkHostname: false })).toEqual({
    errors: [],
    warnings: [expect.stringMatching(/^security\.checkHostname: lets any server/)],
  });
  expect(secured({ protocol: "SSL", checkHostname: true })).toEqual({ errors: [], warnings: [] });
  expect(secured({ checkHostname: false })).toEqual({ errors: [], warnings: [] });
});
