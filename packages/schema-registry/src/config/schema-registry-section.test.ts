import { loadConfig, safeLoadConfig } from "@millrace/config";
import { expect, test } from "vitest";
import { type SchemaRegistrySettings, schemaRegistry } from "./schema-registry-section.ts";

function check(values: Partial<SchemaRegistrySettings>): { readonly errors: readonly string[]; readonly warnings: readonly string[] } {
  const result = safeLoadConfig({ sections: [schemaRegistry], object: { schemaRegistry: values }, environment: {} });
  return {
    errors: result.errors.map(({ path, rule }) => `${path}: ${rule}`),
    warnings: result.warnings.map(({ path, message }) => `${path}: ${message}`),
  };
}

const url = "https://registry.example.com";

test("an address is all that has to be given, and every setting has its variable", () => {
  expect(check({ url }).errors).toEqual([]);
  const environment = { KAFKA_SCHEMA_REGISTRY_URL: url, KAFKA_SCHEMA_REGISTRY_USERNAME: "u", KAFKA_SCHEMA_REGISTRY_PASSWORD: "1" };
  expect(loadConfig({ sections: [schemaRegistry], environment }).schemaRegistry).toEqual({ url, username: "u", password: "1" });
  expect(
    loadConfig({ sections: [schemaRegistry], environment: {}, preset: "development", object: { schemaRegistry: { token: "t" } } })
      .schemaRegistry,
  ).toEqual({
    url: "http://127.0.0.1:8081",
    token: "t",
  });
});

test("in production no service registers schemas by itself, unless it is told to", () => {
  const load = (environment: Record<string, string>, preset?: string) =>
    loadConfig({ sections: [schemaRegistry], environment: { KAFKA_SCHEMA_REGISTRY_URL: url, ...environment }, preset }).schemaRegistry;
  expect(load({})).toEqual({ url });
  expect(load({}, "production")).toEqual({ url, autoRegister: false });
  expect(load({ KAFKA_SCHEMA_REGISTRY_AUTO_REGISTER: "true" }, "production")).toEqual({ url, autoRegister: true });
  expect(check({ autoRegister: "no" as never }).errors).toContain("schemaRegistry.autoRegister: must be true or false");
});

test.each([
  ["registry:8081", "must begin with http:// or https://"],
  ["registry", "must be an address such as"],
  ["ftp://registry", "must begin with http:// or https://"],
  ["https://u:p@registry", "must not hold a user or password"],
  ["https://registry/?key=1", 'must not hold "?" or "#"'],
])("%s is no address of a registry: %s", (address, reason) => {
  expect(check({ url: address }).errors).toEqual([expect.stringContaining(reason)]);
});

test("username and password come together, a token alone", () => {
  expect(check({ url, username: "u" }).errors).toEqual(["schemaRegistry.password: is required, because username is set"]);
  expect(check({ url, password: "p" }).errors).toEqual(["schemaRegistry.username: is required, because password is set"]);
  expect(check({ url, username: "u", password: "p", token: "t" }).errors).toEqual([
    "schemaRegistry.token: must not be set beside username and password",
  ]);
});

test("credentials over plain http are worth a warning, except to this machine", () => {
  const warning = ["schemaRegistry.url: sends the credentials in the clear; use https"];
  expect(check({ url: "http://registry:8081", token: "t" }).warnings).toEqual(warning);
  expect(check({ url: "http://10.0.0.1:8081", username: "u", password: "p" }).warnings).toEqual(warning);
  for (const local of ["http://localhost:8081", "http://127.0.0.1:8081", "http://[::1]:8081"])
    expect(check({ url: local, token: "t" }).warnings).toEqual([]);
  expect(check({ url: "http://registry:8081" }).warnings).toEqual([]);
});
