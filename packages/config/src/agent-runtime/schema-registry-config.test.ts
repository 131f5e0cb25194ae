import { expect, test } from "vitest";
import { SchemaRegistryConfig } from "./schema-registry-config.ts";

test("[000-14] url has a default, key and secret come together, a CA needs certificate and key, and no authentication and http are warned of", () => {
  const config = new SchemaRegistryConfig();
  expect(config.url).toBe("http://localhost:8081");
  expect(SchemaRegistryConfig.fromObject({}).url).toBe("http://localhost:8081");
  expect(config.check()).toEqual({ is_valid: true, errors: [], warnings: ["no authentication is configured"] });

  for (const given of [
    { api_key: "key", api_secret: "secret" },
    { username: "key", password: "secret" },
  ]) {
    const authenticated = SchemaRegistryConfig.fromObject({ url: "https://registry.example.com", ...given });
    expect(authenticated.check()).toEqual({ is_valid: true, errors: [], warnings: [] });
    expect(authenticated.basicAuthUserInfo()).toBe("key:secret");
    expect([authenticated.api_key, authenticated.api_secret]).toEqual(["key", "secret"]);
  }
  expect(config.basicAuthUserInfo()).toBeUndefined();
  expect(new SchemaRegistryConfig({ api_key: "key" }).check().errors).toEqual(["api_secret is required when api_key is set"]);
  expect(new SchemaRegistryConfig({ api_secret: "secret" }).check().errors).toEqual(["api_key is required when api_secret is set"]);

  const withCa = (rest: object): readonly string[] => new SchemaRegistryConfig({ ssl_ca_location: "/ca.pem", ...rest }).check().errors;
  const needed = ["ssl_ca_location needs ssl_cert_location and ssl_key_location"];
  expect(withCa({})).toEqual(needed);
  expect(withCa({ ssl_cert_location: "/cert.pem" })).toEqual(needed);
  expect(withCa({ ssl_key_location: "/key.pem" })).toEqual(needed);
  expect(withCa({ ssl_cert_location: "/cert.pem", ssl_key_location: "/key.pem" })).toEqual([]);
  expect(withCa({ ssl_certificate_location: "/cert.pem", ssl_key_location: "/key.pem" })).toEqual([]);

  const warnings = (url: string): readonly string[] => new SchemaRegistryConfig({ url, api_key: "k", api_secret: "s" }).check().warnings;
  const unencrypted = ["http:// is not encrypted; use https:// for any other host than localhost"];
  for (const url of ["http://localhost:8081", "http://127.0.0.1", "http://[::1]:8081", "https://registry.example.com"])
    expect(warnings(url), url).toEqual([]);
  for (const url of ["http://registry.example.com", "http://10.0.0.1", "http://localhost.example.com", "http://[fe80::1]"])
    expect(warnings(url), url).toEqual(unencrypted);
});

test("an address that is none is an error that does not show it, and a misspelt setting is warned of", () => {
  for (const url of ["registry:8081", "ftp://x", "user:hunter2@host"])
    expect(new SchemaRegistryConfig({ url }).check().errors).toEqual(["url must begin with http:// or https://"]);
  expect(new SchemaRegistryConfig({ url: " " }).check().errors).toEqual(["url cannot be empty"]);
  expect(SchemaRegistryConfig.fromObject({ api_kye: "k" }).check().warnings).toContain(
    '"api_kye" is no setting and has no effect; did you mean api_key?',
  );
  expect(SchemaRegistryConfig.fromObject("http://localhost").check().errors).toEqual(["the configuration must be a map of settings"]);
  expect(SchemaRegistryConfig.fromObject({ url: {} }).check().errors).toEqual(["url must be text"]);
});
