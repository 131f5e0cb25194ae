import { expect, test } from "vitest";
import { resolveSchemaRegistryOptions } from "./schema-registry-options.ts";

test("a path in the address is kept, a slash at its end and credentials are not", () => {
  const { addresses } = resolveSchemaRegistryOptions({ urls: ["http://me:p%21w%@host:1/apis/ccompat/v7/", "https://host"] });
  expect(addresses).toEqual([
    { base: "http://host:1/apis/ccompat/v7", auth: { type: "basic", username: "me", password: "p%21w%" } },
    { base: "https://host", auth: undefined },
  ]);
});

test("url comes before urls, and everything else has a default", () => {
  const { addresses, settings } = resolveSchemaRegistryOptions({ url: "http://a", urls: ["http://b"] });
  expect(addresses.map(({ base }) => base)).toEqual(["http://a", "http://b"]);
  expect(settings).toMatchObject({
    timeoutMs: 10_000,
    attemptTimeoutMs: 3_000,
    autoRegister: true,
    normalize: false,
    maxCached: 10_000,
    notFoundTtlMs: 5_000,
    latestTtlMs: 0,
    retry: { attempts: 3, jitter: 0.2 },
  });
});

test("[001-03] an address and user info are taken as a configuration has them: null is not set", () => {
  expect(resolveSchemaRegistryOptions({ url: null, urls: ["http://a"], basicAuthUserInfo: null }).addresses).toEqual([
    { base: "http://a", auth: undefined },
  ]);
  expect(resolveSchemaRegistryOptions({ url: "http://a", basicAuthUserInfo: "me:a:b" }).addresses[0]?.auth).toEqual({
    type: "basic",
    username: "me",
    password: "a:b",
  });
  expect(() => resolveSchemaRegistryOptions({ url: null })).toThrow("url or urls is needed");
});

test("what a configuration says of logins is taken as it is", () => {
  const authOf = (options: object) => resolveSchemaRegistryOptions({ url: "https://a", ...options }).addresses[0]?.auth;
  expect(authOf({ username: "me", password: "p" })).toEqual({ type: "basic", username: "me", password: "p" });
  expect(authOf({ token: "t" })).toEqual({ type: "bearer", token: "t" });
  expect(authOf({})).toBeUndefined();
});

const refused: readonly (readonly [string, object, readonly string[]])[] = [
  ["addresses", { urls: ["ftp://me:secret@host", "me:secret"] }, ["address 1", "address 2"]],
  [
    "numbers",
    { url: "http://a", timeoutMs: 0, attemptTimeoutMs: -1, maxCached: 0, notFoundTtlMs: -1, latestTtlMs: Number.NaN },
    ["timeoutMs", "attemptTimeoutMs", "notFoundTtlMs", "latestTtlMs", "maxCached"],
  ],
  ["a kind of auth", { url: "http://a", auth: { type: "digest" } }, ["auth.type"]],
  ["a token", { url: "http://a", auth: { type: "bearer", token: "secret\n" } }, ["auth.token"]],
  ["a password", { url: "http://a", auth: { type: "basic", username: "secret" } }, ["auth.password"]],
  [
    "a client",
    { url: "http://a", auth: { type: "oauth", tokenUrl: "secret", clientId: "", clientSecret: 1 } },
    ["tokenUrl", "clientId", "clientSecret"],
  ],
  ["user info", { url: "http://a", basicAuthUserInfo: "secret" }, ["basicAuthUserInfo"]],
  ["two logins", { url: "http://a", basicAuthUserInfo: "a:secret", auth: { type: "bearer", token: "secret" } }, ["together"]],
  [
    "half a login",
    { url: "http://a", username: "secret", token: "secret\n" },
    ["username and password must be given both", "auth.token must be"],
  ],
  [
    "two kinds of TLS",
    { url: "https://a", tls: {}, keyPassword: "secret", caFile: "/nowhere" },
    ["caFile cannot be read", "tls and its files"],
  ],
  ["headers", { url: "http://a", headers: { "no name": "x", fine: "secret\r\nset: x" } }, ["headers", "headers"]],
  ["tls in clear", { url: "http://a", tls: {} }, ["address 1 must begin with https://"]],
  ["a certificate", { url: "https://a", tls: { ca: "x", cert: "secret", key: "secret" } }, ["tls holds a certificate"]],
  ["tls that is none", { url: "https://a", tls: true, fetch }, ["tls must be", "fetch and tls"]],
  ["a bundle", { url: "https://a", bundle: { schemas: [] } }, ["bundle"]],
];

test.each(refused)("%s are told of, all at once and without secrets", (_what, options, problems) => {
  try {
    resolveSchemaRegistryOptions(options);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "INVALID_OPTIONS" });
    const found = (error as { problems: string[] }).problems;
    expect(found).toHaveLength(problems.length);
    for (const [index, problem] of problems.entries()) expect(found[index]).toContain(problem);
    expect(String(error)).not.toContain("secret");
  }
});
