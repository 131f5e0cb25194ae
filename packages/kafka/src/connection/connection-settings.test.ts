import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connection, loadConfig, type SecurityOptions } from "@millrace/config";
import { afterAll, expect, test } from "vitest";
import { connectionSettings } from "./connection-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-connection-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

const brokers = ["a:1"];
const load = (security: Partial<SecurityOptions>) =>
  loadConfig({ sections: [connection], object: { connection: { brokers, security } }, environment: {} }).connection;
const common = { brokers, clientId: "millrace", connectionTimeoutMs: 10_000, requestTimeoutMs: 30_000 };
const login = { username: "u", password: "hunter2" };

test("a connection in clear has neither TLS nor SASL", () => {
  expect(connectionSettings(load({}))).toEqual(common);
});

test("protocols and mechanisms become TLS and SASL, and files are read", () => {
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, "authority");
  expect(connectionSettings(load({ protocol: "SSL" }))).toEqual({ ...common, tls: {} });
  expect(connectionSettings(load({ protocol: "SASL_SSL", mechanism: "PLAIN", ...login, caFile }))).toEqual({
    ...common,
    tls: { ca: Buffer.from("authority") },
    sasl: { mechanism: "PLAIN", ...login },
  });
  expect(connectionSettings(load({ protocol: "SASL_PLAINTEXT", mechanism: "SCRAM-SHA-512", ...login }))).toEqual({
    ...common,
    sasl: { mechanism: "SCRAM-SHA-512", ...login },
  });
});

test("tokens come from the program, with OAUTHBEARER only", () => {
  const token = (): string => "t";
  const bearer = load({ protocol: "SASL_SSL", mechanism: "OAUTHBEARER" });
  expect(connectionSettings(bearer, { token })).toEqual({ ...common, tls: {}, sasl: { mechanism: "OAUTHBEARER", token } });
  expect(() => connectionSettings(bearer)).toThrow("security.mechanism OAUTHBEARER needs a function that gets tokens");
  expect(() => connectionSettings(load({}), { token })).toThrow("security.mechanism must be OAUTHBEARER");
});

test("every file that cannot be read is told of, and no secret", () => {
  const files = { caFile: join(folder, "none.pem"), certificateFile: folder, keyFile: "hunter2\n\0", keyPassword: "hunter2" };
  let thrown: unknown;
  try {
    connectionSettings(load({ protocol: "SASL_SSL", mechanism: "PLAIN", ...login, ...files }));
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    code: "INVALID_OPTIONS",
    problems: ["caFile", "certificateFile", "keyFile"].map((name) => expect.stringContaining(`security.${name} cannot be read`) as unknown),
  });
  expect(String(thrown)).not.toContain("hunter2");
});
