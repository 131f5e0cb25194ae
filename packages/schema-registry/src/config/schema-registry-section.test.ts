import { type DeepPartial, fromProperties, loadConfig, safeLoadConfig, toProperties } from "@millrace/config";
import { InvalidOptionsError } from "@millrace/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { resolveSchemaRegistryOptions } from "../schema-registry-options.ts";
import { type SchemaRegistrySettings, schemaRegistry } from "./schema-registry-section.ts";

function check(values: DeepPartial<SchemaRegistrySettings>): { readonly errors: readonly string[]; readonly warnings: readonly string[] } {
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
    url: "http://localhost:8081",
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

test.each<[DeepPartial<SchemaRegistrySettings>, readonly string[]]>([
  [{}, ["schemaRegistry.url: is required"]],
  [{ url, urls: ["https://a", "b"] }, ["schemaRegistry.urls.1: must be an address such as http://127.0.0.1:8081"]],
  [{ urls: ["https://a"], caFile: "ca.pem", certificateFile: "c.pem", keyFile: "k.pem", keyPassword: "p" }, []],
  [{ url, urls: ["http://b"], caFile: "ca.pem" }, ["schemaRegistry.caFile: is not used with http; use https"]],
  [{ url: "http://b", checkHostname: false }, ["schemaRegistry.checkHostname: is not used with http; use https"]],
  [{ url, certificateFile: "c.pem" }, ["schemaRegistry.keyFile: is required, because certificateFile is set"]],
  [{ url, keyPassword: "p" }, ["schemaRegistry.certificateFile: is required, because keyPassword is set"]],
  [{ url, token: "a\nb" }, ["schemaRegistry.token: must be one line of ASCII"]],
  [
    { url, compatibility: "BACKWARDS" as "BACKWARD" },
    [expect.stringMatching(/^schemaRegistry.compatibility: must be one of NONE, BACKWARD/)],
  ],
])("%j gives %j", (settings, problems) => {
  expect(check(settings).errors).toEqual(problems);
});

const number = fc.constantFrom(-1, 0, 1, 100, Number.NaN, Number.NEGATIVE_INFINITY);
const settings = fc.record(
  {
    url: fc.constantFrom("https://a", "http://a:1/path", "a:1", ""),
    urls: fc.array(fc.constantFrom("https://b", "ftp://b"), { maxLength: 2 }),
    username: fc.constantFrom("u", "v"),
    password: fc.constant("p"),
    token: fc.constantFrom("t", "t\n"),
    autoRegister: fc.boolean(),
    checkHostname: fc.boolean(),
    timeoutMs: number,
    attemptTimeoutMs: number,
    maxCached: number,
    notFoundTtlMs: number,
    latestTtlMs: number,
  },
  { requiredKeys: [] },
);

test("what the section accepts and what createSchemaRegistry accepts is the same", () => {
  fc.assert(
    fc.property(settings, (values) => {
      let isTaken = true;
      try {
        resolveSchemaRegistryOptions(values);
      } catch (error) {
        if (!InvalidOptionsError.is(error)) throw error;
        isTaken = false;
      }
      expect([values, check(values).errors.length === 0]).toEqual([values, isTaken]);
    }),
    { numRuns: 300 },
  );
});

test("properties of Kafka's own clients become settings and come back, and API keys are logins", () => {
  const sections = [schemaRegistry] as const;
  const properties = {
    "schema.registry.url": "https://a,https://b",
    "basic.auth.credentials.source": "USER_INFO",
    "basic.auth.user.info": "me:pass:word",
    "auto.register.schemas": false,
    "normalize.schemas": true,
    "latest.cache.ttl.sec": 60,
  };
  const config = loadConfig({ sections, object: fromProperties(sections, properties), environment: {} });
  expect(config.schemaRegistry).toEqual({
    url: "https://a",
    urls: ["https://b"],
    username: "me",
    password: "pass:word",
    autoRegister: false,
    normalize: true,
    latestTtlMs: 60_000,
  });
  expect(toProperties(sections, config)).toEqual(properties);
  const bearer = { "schema.registry.url": "https://a", "bearer.auth.credentials.source": "STATIC_TOKEN", "bearer.auth.token": "t" };
  expect(toProperties(sections, { schemaRegistry: fromProperties(sections, bearer).schemaRegistry })).toEqual(bearer);
  const environment = { KAFKA_SCHEMA_REGISTRY_URL: url, KAFKA_SCHEMA_REGISTRY_API_KEY: "k", KAFKA_SCHEMA_REGISTRY_API_SECRET: "s" };
  expect(loadConfig({ sections, environment }).schemaRegistry).toEqual({ url, username: "k", password: "s" });
  for (const wrong of [
    { "basic.auth.credentials.source": "URL" },
    { "basic.auth.user.info": "hunter2" },
    { "bearer.auth.credentials.source": "X" },
  ])
    expect(() => fromProperties(sections, wrong)).toThrow(/^(?!.*hunter2).*must be/s);
});
