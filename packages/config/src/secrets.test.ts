import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, expect, test } from "vitest";
import { schemaRegistry } from "../test/support/registry-section.ts";
import { ConfigError } from "./config-error.ts";
import { connection } from "./connection.ts";
import { explain, formatExplanation } from "./explain.ts";
import { type LoadConfigOptions, loadConfig, safeLoadConfig } from "./load-config.ts";
import { fromProperties } from "./properties.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-config-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));
const sections = [connection, schemaRegistry] as const;
type Options = Omit<LoadConfigOptions<typeof sections>, "sections">;

const planted = "hunter2-planted";
const connectionWith = (values: object): Options => ({ object: { connection: values } });
const security = (values: object): Options => connectionWith({ brokers: ["a:1"], security: values });
const fileWith = (name: string, text: string): Options => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return { file };
};

const pem = `-----BEGIN PRIVATE KEY-----\n${planted}\n-----END PRIVATE KEY-----`;
const jaas = `org.apache.kafka.common.security.plain.PlainLoginModule required username="shop" password="${planted}"`;

const places: readonly [string, Options][] = [
  ["a password without a username", security({ password: planted })],
  ["a password in an object", security({ password: { value: planted } })],
  ["a password in a list", security({ password: [planted] })],
  ["a secret under an unknown name", security({ pasword: planted })],
  ["a secret under an unknown name of an unknown group", connectionWith({ sasl: { password: planted } })],
  ["a secret in the place of a group", connectionWith({ security: planted })],
  ["a secret in the place of a section", { object: { connection: planted } as never }],
  ["a list with a secret in the place of a group", connectionWith({ security: [planted] })],
  ["a secret in the place of everything", { object: planted as never }],
  ["a key's password", security({ keyPassword: planted })],
  ["a user in a server", connectionWith({ brokers: [`user:${planted}@host:1`] })],
  ["a user in a server of the environment", { environment: { KAFKA_BROKERS: `a:1,user:${planted}@host` } }],
  ["a password of the environment", { environment: { KAFKA_SASL_PASSWORD: planted } }],
  ["a token beside a password", { environment: { KAFKA_SCHEMA_REGISTRY_TOKEN: planted, KAFKA_SCHEMA_REGISTRY_PASSWORD: planted } }],
  ["a misspelt variable", { environment: { KAFKA_SASL_PASWORD: planted } }],
  ["a user in an address", { environment: { KAFKA_SCHEMA_REGISTRY_URL: `http://user:${planted}@host` } }],
  ["a key in an address", { environment: { KAFKA_SCHEMA_REGISTRY_URL: `http://host/?key=${planted}` } }],
  ["a YAML file that cannot be read", fileWith("a.yaml", `connection:\n  security: {password: ${planted}\n`)],
  ["a YAML file with a tag", fileWith("b.yaml", `connection: !${planted} ${planted}\n`)],
  ["a YAML file with an unknown alias", fileWith("c.yaml", `connection: *${planted}\n`)],
  ["a YAML file with a key twice", fileWith("d.yaml", `a:\n  password: ${planted}\n  password: ${planted}\n`)],
  ["a JSON file that cannot be read", fileWith("e.json", `{ "password": "${planted}" oops }`)],
  ["a JSON file that is a secret", fileWith("f.json", planted)],
  ["a password under Java's name", connectionWith({ "sasl.password": planted })],
  ["a password under Python's name", connectionWith({ sasl_plain_password: planted, brokers: ["a"] })],
  ["a login for JAAS that cannot be read", connectionWith({ "sasl.jaas.config": `some.LoginModule required password="${planted}";` })],
  ["a login for JAAS under an unknown name", connectionWith({ "sasl.jaas.configuration": jaas })],
  ["a login for JAAS in the place of something else", connectionWith({ brokers: [jaas], clientId: { jaas } })],
  ["a login for JAAS in the environment", { environment: { KAFKA_SASL_JAAS_CONFIG: `nonsense ${planted}` } }],
  [
    "two names of one password",
    { object: { connection: { "sasl.password": `${planted}1`, sasl_plain_password: `${planted}2` } as object } },
  ],
  ["a private key in the place of its file", security({ keyFile: pem })],
  ["a private key in the place of a protocol", security({ protocol: pem })],
  ["a private key in the environment", { environment: { KAFKA_SECURITY_PROTOCOL: pem, KAFKA_SSL_KEYFILE: pem } }],
  ["a web token in the place of a mechanism", security({ mechanism: `eyJhbGciOiJIUzI1NiJ9.${planted}` })],
  ["a header in the place of an address", { environment: { KAFKA_SCHEMA_REGISTRY_URL: `Bearer ${planted}` } }],
  ["a password among the settings of a text", connectionWith({ brokers: [`a:1;password=${planted}`] })],
  ["a password with its name as a name", connectionWith({ [`sasl.password=${planted}`]: true })],
  ["a private key as a name", connectionWith({ [pem]: true })],
  ["a section that is a private key", { object: { [pem]: true } as object }],
  ["a password of the program's own defaults", { base: { connection: { security: { password: planted } } } }],
  ["a preset that is a web token", { preset: `eyJhbGciOiJIUzI1NiJ9.${planted}` }],
  ["a large secret", security({ password: planted.repeat(100_000) })],
];

test("there are at least twenty kinds and places of planted secrets", () => {
  expect(new Set(places.map(([what]) => what)).size).toBeGreaterThan(20);
  expect(places.length).toBe(new Set(places.map(([what]) => what)).size);
});

test.each(places)("a planted secret is in no message: %s", (_what, options) => {
  const all = { sections, environment: {}, ...options };
  const result = safeLoadConfig(all);
  expect(result.is_valid).toBe(false);
  expect(inspect(result, { depth: 10 })).not.toContain(planted);
  let thrown: unknown;
  try {
    loadConfig(all);
  } catch (error) {
    thrown = error;
  }
  expect(ConfigError.is(thrown)).toBe(true);
  expect(`${String(thrown)}${JSON.stringify(thrown)}${inspect(thrown, { depth: 10, showHidden: true })}`).not.toContain(planted);
});

test("a planted secret is in no message of properties that cannot be translated", () => {
  const names = [
    "sasl.jaas.config",
    "sasl.pasword",
    "ssl.keystore.location",
    "ssl.truststore.type",
    "ssl.truststore.password",
    "sasl.mechanism",
    pem,
  ];
  const properties = Object.fromEntries(names.map((name) => [name, `${planted} ${name === "sasl.mechanism" ? pem : ""}`]));
  let thrown: unknown;
  try {
    fromProperties(sections, { ...properties, "sasl.password": planted, sasl_plain_password: `${planted}2` });
  } catch (error) {
    thrown = error;
  }
  expect(ConfigError.is(thrown) && thrown.problems.length).toBeGreaterThan(5);
  expect(`${String(thrown)}${JSON.stringify(thrown)}${inspect(thrown, { depth: 10, showHidden: true })}`).not.toContain(planted);
});

test("a planted secret is in no explanation and no warning of a sound configuration", () => {
  const result = safeLoadConfig({
    sections,
    object: {
      connection: {
        clientId: `eyJhbGciOiJIUzI1NiJ9.${planted}`,
        security: {
          protocol: "SASL_SSL",
          mechanism: "PLAIN",
          username: "u",
          keyFile: pem,
          certificateFile: pem,
          caFile: `/ca?token=${planted}`,
        },
      },
    },
    environment: {
      KAFKA_BROKERS: "a:1",
      KAFKA_SASL_PASSWORD: planted,
      KAFKA_SASL_PASWORD: planted,
      KAFKA_SCHEMA_REGISTRY_URL: "http://registry",
      KAFKA_SCHEMA_REGISTRY_TOKEN: planted,
    },
  });
  expect(result.config?.connection.security.password).toBe(planted);
  expect(result.warnings).toHaveLength(2);
  expect(JSON.stringify(result.warnings)).not.toContain(planted);
  const settings = explain(result.config ?? {});
  expect(formatExplanation(settings) + JSON.stringify(settings)).not.toContain(planted);
});
