import { expect, test } from "vitest";
import { resolveSchemaRegistryOptions, type SchemaRegistryOptions } from "./schema-registry-options.ts";

test("a path in the address is kept, a slash at its end and credentials are not", () => {
  const { bases, authorizations } = resolveSchemaRegistryOptions({ urls: ["http://me:pw@host:1/apis/ccompat/v7/", "https://host"] });
  expect(bases).toEqual(["http://host:1/apis/ccompat/v7", "https://host"]);
  expect(authorizations).toEqual([`Basic ${Buffer.from("me:pw").toString("base64")}`, undefined]);
});

test("url comes before urls, and everything else has a default", () => {
  const resolved = resolveSchemaRegistryOptions({ url: "http://a", urls: ["http://b"] });
  expect(resolved.bases).toEqual(["http://a", "http://b"]);
  expect(resolved).toMatchObject({
    timeoutMs: 10_000,
    attemptTimeoutMs: 3_000,
    autoRegister: true,
    maxCached: 10_000,
    retry: { attempts: 3 },
  });
});

test("every problem is told at once, without credentials", () => {
  const options = {
    urls: ["ftp://me:secret@host", "me:secret"],
    timeoutMs: 0,
    attemptTimeoutMs: -1,
    maxCached: 0,
    auth: { type: "digest" },
  };
  try {
    resolveSchemaRegistryOptions(options as unknown as SchemaRegistryOptions);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "INVALID_OPTIONS" });
    expect((error as { problems: string[] }).problems).toHaveLength(6);
    expect(String(error)).not.toContain("secret");
  }
  expect(() => resolveSchemaRegistryOptions({})).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
});
