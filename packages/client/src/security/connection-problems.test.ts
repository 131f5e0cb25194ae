import { expect, test } from "vitest";
import { connectionProblems, timeoutProblems } from "./connection-problems.ts";

const brokers = ["a:1", "[::1]:9092", "kafka.example:65535"];
const login = { username: "user", password: "hunter2" };

test.each([
  {},
  { tls: true },
  { tls: {} },
  { sasl: { mechanism: "PLAIN", ...login } },
  { sasl: { mechanism: "SCRAM-SHA-512", username: () => "user", password: () => Promise.resolve("hunter2") } },
  { sasl: { mechanism: "OAUTHBEARER", token: "t" } },
])("options %j are fine", (options) => {
  expect(connectionProblems({ brokers, connectionTimeoutMs: 1, ...options })).toEqual([]);
});

test.each([
  [{ brokers: "a:1" }, ['"brokers" must name at least one address, such as "127.0.0.1:9092"']],
  [{ brokers: ["a", "b:0"] }, ['"brokers": "a" is not "host:port"', '"brokers": "b:0" is not "host:port"']],
  [{ brokers, tls: "yes", requestTimeoutMs: 0 }, ['"tls" must be true', '"requestTimeoutMs" must be a positive whole number, not 0']],
  [{ brokers, tls: { ca: "no certificate", key: "hunter2" } }, ['"tls" holds a certificate, key or passphrase that cannot be used']],
  [{ brokers, ssl: true }, ['"ssl" is called "tls" here']],
  [{ brokers, security: { protocol: "SASL_SSL", password: "hunter2" } }, ["connectionSettings(config.connection)"]],
  [{ brokers, sasl: "PLAIN" }, ['"sasl" must be an object']],
  [{ brokers, sasl: { mechanism: "plain", ...login } }, ['"sasl.mechanism" "plain" is none of PLAIN, SCRAM-SHA-256']],
  [{ brokers, sasl: { mechanism: "PLAIN", username: "user" } }, ['"sasl.password" must be a text']],
  [{ brokers, sasl: { mechanism: "OAUTHBEARER", token: "" } }, ['"sasl.token" must be a text']],
])("options %j are told what is wrong, all at once and no secret", (options, expected) => {
  const problems = connectionProblems(options);
  expect(problems).toHaveLength(expected.length);
  for (const [index, problem] of expected.entries()) expect(problems[index]).toContain(problem);
  expect(problems.join()).not.toContain("hunter2");
});

test("GSSAPI is refused by name, with what to use instead", () => {
  const [problem] = connectionProblems({ brokers, sasl: { mechanism: "GSSAPI", ...login } });
  expect(problem).toMatch(/"GSSAPI" \(Kerberos\) is not supported: use one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER/);
});

test("time-outs alone can be checked", () => {
  expect(timeoutProblems({ connectionTimeoutMs: 1.5, requestTimeoutMs: "soon" })).toHaveLength(2);
});
