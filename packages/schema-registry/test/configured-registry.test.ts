import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@millrace/config";
import { makeCertificate } from "@millrace/testing";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { schemaRegistry } from "../src/config/index.ts";
import { createSchemaRegistry, type SchemaRegistry } from "../src/index.ts";
import { startGuardedRegistry } from "./support/guarded-registry.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-configured-registry-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const schema = { type: "AVRO", text: '"string"' } as const;

function connect(environment: Record<string, string>, preset?: string): SchemaRegistry {
  const config = loadConfig({ sections: [schemaRegistry], environment, preset });
  const registry = createSchemaRegistry(config.schemaRegistry);
  onTestFinished(() => registry.close());
  return registry;
}

test("a login of the configuration is the client's, and so is who registers schemas", async () => {
  const expected = `Basic ${Buffer.from("shop:12345678").toString("base64")}`;
  const url = await startGuardedRegistry({ refusal: ({ headers }) => (headers.authorization === expected ? undefined : 401) });
  const login = { KAFKA_SCHEMA_REGISTRY_URL: url, KAFKA_SCHEMA_REGISTRY_USERNAME: "shop", KAFKA_SCHEMA_REGISTRY_PASSWORD: "12345678" };
  const registry = connect(login);
  expect(await registry.register("s", schema)).toMatchObject({ version: 1 });
  expect(await registry.idFor("t-value", schema)).toBeGreaterThan(0);
  await expect(connect({ ...login, KAFKA_SCHEMA_REGISTRY_PASSWORD: "87654321" }).subjects()).rejects.toMatchObject({
    code: "REGISTRY_UNAUTHORISED",
  });
});

test("a token and files of TLS of the configuration are the client's", async () => {
  const authority = makeCertificate("authority");
  const server = makeCertificate("server", { authority, host: "127.0.0.1" });
  const elsewhere = makeCertificate("elsewhere", { authority, host: "127.0.0.2" });
  const client = makeCertificate("billing", { authority });
  const refusal = ({ headers }: { readonly headers: { readonly authorization?: string | undefined } }) =>
    headers.authorization === "Bearer t" ? undefined : 401;
  const tls = { requestCert: true, rejectUnauthorized: true, ca: authority.cert };
  const url = await startGuardedRegistry({ refusal, tls: { ...tls, cert: server.cert, key: server.key } });
  const environment = {
    KAFKA_SCHEMA_REGISTRY_URL: url,
    KAFKA_SCHEMA_REGISTRY_TOKEN: "t",
    KAFKA_SCHEMA_REGISTRY_CA_FILE: file("ca.pem", authority.cert),
    KAFKA_SCHEMA_REGISTRY_CERTIFICATE_FILE: file("cert.pem", client.cert),
    KAFKA_SCHEMA_REGISTRY_KEY_FILE: file("key.pem", client.key),
  };
  expect(await connect(environment).register("s", schema)).toMatchObject({ version: 1 });
  const other = await startGuardedRegistry({ refusal, tls: { ...tls, cert: elsewhere.cert, key: elsewhere.key } });
  const moved = { ...environment, KAFKA_SCHEMA_REGISTRY_URL: other, KAFKA_SCHEMA_REGISTRY_ATTEMPT_TIMEOUT_MS: "2000" };
  await expect(connect(moved).subjects()).rejects.toMatchObject({ code: "REGISTRY_UNAUTHORISED" });
  expect(await connect({ ...moved, KAFKA_SCHEMA_REGISTRY_CHECK_HOSTNAME: "false" }).subjects()).toEqual([]);
  expect(() => connect({ ...environment, KAFKA_SCHEMA_REGISTRY_KEY_FILE: folder })).toThrow("keyFile cannot be read (EISDIR)");
});

test("the settings of one call's patience reach the client, and in production nothing is registered by itself", async () => {
  const url = await startGuardedRegistry({ refusal: () => undefined });
  const registry = connect({ KAFKA_SCHEMA_REGISTRY_URL: url }, "production");
  await expect(Promise.resolve(registry.idFor("t-value", schema))).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
  const impatient = connect({ KAFKA_SCHEMA_REGISTRY_URL: "http://192.0.2.1:1", KAFKA_SCHEMA_REGISTRY_TIMEOUT_MS: "20" });
  await expect(impatient.subjects()).rejects.toMatchObject({ name: "RegistryError", retryable: true });
});
