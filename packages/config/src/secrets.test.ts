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

test.each<[string, Options]>([
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
])("a planted secret is in no message: %s", (_what, options) => {
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
  expect(`${JSON.stringify(thrown)}${inspect(thrown, { depth: 10, showHidden: true })}`).not.toContain(planted);
});

test("a planted secret is in no explanation and no warning of a sound configuration", () => {
  const result = safeLoadConfig({
    sections,
    object: { connection: { security: { protocol: "SASL_PLAINTEXT", mechanism: "PLAIN", username: "u", keyPassword: undefined } } },
    environment: {
      KAFKA_BROKERS: "a:1",
      KAFKA_SASL_PASSWORD: planted,
      KAFKA_SASL_PASWORD: planted,
      KAFKA_SCHEMA_REGISTRY_URL: "http://registry",
      KAFKA_SCHEMA_REGISTRY_TOKEN: planted,
    },
  });
  expect(result.config?.connection.security.password).toBe(planted);
  expect(result.warnings).toHaveLength(3);
  expect(JSON.stringify(result.warnings)).not.toContain(planted);
  const settings = explain(result.config ?? {});
  expect(formatExplanation(settings) + JSON.stringify(settings)).not.toContain(planted);
});
