import { createServer } from "node:http";
import { fixed, noRetry } from "@millrace/core";
import { type EmbeddedRegistry, type EmbeddedRegistryOptions, startEmbeddedRegistry } from "@millrace/embedded-registry";
import { createVirtualClock } from "@millrace/testing";
import { afterEach, expect, test } from "vitest";
import { createSchemaRegistry, type SchemaRegistry, type SchemaRegistryOptions } from "../src/index.ts";
import { listening } from "./support/listening.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function embedded(options: EmbeddedRegistryOptions = {}): Promise<EmbeddedRegistry> {
  const registry = await startEmbeddedRegistry(options);
  cleanups.push(() => registry.close());
  return registry;
}

function client(options: SchemaRegistryOptions): SchemaRegistry {
  const registry = createSchemaRegistry({ retry: fixed({ attempts: 3, delayMs: 1 }), ...options });
  cleanups.push(() => registry.close());
  return registry;
}

/** A server that answers every request the same way. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  return `http://127.0.0.1:${await listening(server)}`;
}

const schema = { type: "AVRO", text: '"string"' } as const;
const never = (): Promise<never> => new Promise(() => undefined);

test("[001-11] an unreachable registry is an error, not a yes", async () => {
  const gone = await embedded();
  await gone.close();
  const registry = client({ url: gone.url });
  await expect(registry.checkCompatibility("s", schema)).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE", retryable: true });
  const there = await embedded();
  expect(await client({ url: there.url }).checkCompatibility("unknown", schema)).toMatchObject({ compatible: true });
});

test("a hundred waiters for one id, or one schema, cause one request", async () => {
  const requests: string[] = [];
  const { url } = await embedded({
    intercept({ method, url: path }) {
      requests.push(`${method} ${path}`);
      return undefined;
    },
  });
  const registry = client({ url });
  const ids = await Promise.all(Array.from({ length: 100 }, async () => await registry.idFor("s-value", schema)));
  expect(new Set(ids)).toEqual(new Set([1]));
  // Who registered a schema knows it; others ask.
  expect(registry.schemaFor(1)).toEqual(schema);
  const other = client({ url });
  await Promise.all(Array.from({ length: 100 }, () => other.schemaById(1)));
  expect(requests).toEqual(["POST /subjects/s-value/versions", "GET /schemas/ids/1"]);
});

test("one slow id delays no other, and nothing that is cached", async () => {
  const { url } = await embedded({
    intercept: ({ url: path }) => (path === "/schemas/ids/99" ? never() : undefined),
  });
  const registry = client({ url, timeoutMs: 60_000, attemptTimeoutMs: 60_000 });
  const { id } = await registry.register("s", schema);
  const slow = registry.schemaById(99);
  slow.catch(() => undefined);
  expect(await registry.schemaById(id)).toEqual(schema);
  expect(registry.schemaFor(id)).toEqual(schema);
  await registry.close();
  await expect(slow).rejects.toMatchObject({ code: "CLOSED" });
});

test("a registry that does not answer fails within the time-out, one attempt or the whole call", async () => {
  const { url } = await embedded({ intercept: never });
  const oneAttempt = client({ url, attemptTimeoutMs: 50, retry: noRetry });
  await expect(oneAttempt.schemaById(1)).rejects.toMatchObject({ code: "REGISTRY_TIMEOUT", retryable: true });
  const startedAt = performance.now();
  const wholeCall = client({ url, timeoutMs: 100, attemptTimeoutMs: 10_000 });
  await expect(wholeCall.subjects()).rejects.toMatchObject({ code: "REGISTRY_TIMEOUT" });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test("failures that may pass are retried, the others are not", async () => {
  let requests = 0;
  const { url } = await embedded({
    intercept({ url: path }) {
      requests += 1;
      if (path === "/subjects" && requests < 3) return { status: 503, body: { error_code: 50301, message: "not now" } };
      return undefined;
    },
  });
  const registry = client({ url });
  expect(await registry.subjects()).toEqual([]);
  expect(requests).toBe(3);
  await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
  expect(requests).toBe(4);
});

test("an id or schema that is not there is not asked for again for a while, and is found at once when this client registers it", async () => {
  let requests = 0;
  const { url } = await embedded({
    intercept() {
      requests += 1;
      return undefined;
    },
  });
  const clock = createVirtualClock();
  const registry = client({ url, autoRegister: false, notFoundTtlMs: 1_000, clock });
  const askForAll = async (): Promise<number> => {
    const before = requests;
    for (let call = 0; call < 3; call += 1) {
      await expect(registry.schemaById(1)).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
      await expect(Promise.resolve(registry.idFor("s", schema))).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
      await expect(registry.version("s", 1)).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
    }
    return requests - before;
  };
  expect(await askForAll()).toBe(3);
  await clock.advance(999);
  expect(await askForAll()).toBe(0);
  await clock.advance(1);
  expect(await askForAll()).toBe(3);
  await registry.register("s", schema);
  expect(registry.idFor("s", schema)).toBe(1);
  expect(registry.schemaFor(1)).toEqual(schema);
  expect(registry.schemaOf("s", 1)).toEqual(schema);
});

test("in an outage the latest version known is given, marked as stale; fresh asks, and fails", async () => {
  const first = await embedded();
  const registry = client({ url: first.url });
  await registry.register("s", schema);
  const latest = await registry.latest("s");
  expect(latest).toMatchObject({ subject: "s", version: 1, id: 1, schema });
  await first.close();
  expect(await registry.latest("s")).toEqual({ ...latest, isStale: true });
  await expect(registry.latest("s", { fresh: true })).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  await expect(registry.latest("unknown")).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  const second = await embedded({ port: first.port });
  const other = client({ url: second.url });
  await other.register("s", schema);
  const newer = await other.register("s", { type: "AVRO", text: '"int"' }).catch(() => undefined);
  expect(newer).toBeUndefined();
  expect(await registry.latest("s", { fresh: true })).toEqual(latest);
});

test("when one address fails the next is asked, and stays in use", async () => {
  const gone = await embedded();
  await gone.close();
  const there = await embedded();
  const registry = client({ urls: [gone.url, there.url] });
  expect(await registry.subjects()).toEqual([]);
  // One attempt is enough now.
  const again = client({ urls: [gone.url, there.url], retry: noRetry });
  await expect(again.subjects()).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  expect(await again.subjects()).toEqual([]);
});

test("after an outage everything recovers by itself, and what was known stayed known", async () => {
  const first = await embedded();
  const registry = client({ url: first.url });
  const { id } = await registry.register("s", schema);
  await registry.schemaById(id);
  await first.close();
  expect(registry.schemaFor(id)).toEqual(schema);
  await expect(registry.schemaById(id + 1)).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  const second = await embedded({ port: first.port });
  await client({ url: second.url }).register("other", { type: "AVRO", text: '"int"' });
  await client({ url: second.url }).register("other-2", { type: "AVRO", text: '"long"' });
  expect(await registry.schemaById(id + 1)).toMatchObject({ text: '"long"' });
});

test("every status has its kind", async () => {
  const rows: [number, string, string][] = [
    [401, '{"error_code":401,"message":"who?"}', "REGISTRY_UNAUTHORISED"],
    [403, "no", "REGISTRY_UNAUTHORISED"],
    [404, '{"error_code":40401,"message":"no subject"}', "REGISTRY_NOT_FOUND"],
    [404, "<html>not a registry</html>", "REGISTRY_BAD_RESPONSE"],
    [409, '{"error_code":40901,"message":"incompatible"}', "REGISTRY_INCOMPATIBLE"],
    [422, '{"error_code":42201,"message":"invalid"}', "REGISTRY_INVALID"],
    [429, "{}", "REGISTRY_UNAVAILABLE"],
    [500, '{"error_code":50001,"message":"store"}', "REGISTRY_UNAVAILABLE"],
    [200, "<html>", "REGISTRY_BAD_RESPONSE"],
    [200, "{}", "REGISTRY_BAD_RESPONSE"],
    [200, '["a"]', "REGISTRY_BAD_RESPONSE"],
  ];
  for (const [status, body, code] of rows) {
    const registry = client({ url: await answering(status, body), retry: noRetry });
    await expect(registry.versions("s"), `${status} ${body}`).rejects.toMatchObject({ code });
  }
});

test("answers of the wrong shape are refused, whatever was asked", async () => {
  const registry = client({
    url: await answering(200, '{"id":"1","schema":7,"schemaType":"XML","compatibilityLevel":"SOMETIMES"}'),
    retry: noRetry,
  });
  const calls: (() => unknown)[] = [
    () => registry.idFor("s", schema),
    () => registry.schemaById(1),
    () => registry.latest("s"),
    () => registry.subjects(),
    () => registry.level(),
    () => registry.level("s"),
  ];
  for (const call of calls) await expect(Promise.resolve(call())).rejects.toMatchObject({ code: "REGISTRY_BAD_RESPONSE" });
  const xml = client({ url: await answering(200, '{"schema":"x","schemaType":"XML"}'), retry: noRetry });
  await expect(xml.schemaById(1)).rejects.toMatchObject({ code: "REGISTRY_BAD_RESPONSE" });
  const long = client({ url: await answering(200, `"${"x".repeat(17 * 1024 * 1024)}"`), retry: noRetry });
  await expect(long.subjects()).rejects.toMatchObject({
    code: "REGISTRY_BAD_RESPONSE",
    message: expect.stringContaining("longer than") as unknown,
  });
});

test("basic and bearer credentials are sent, from the options or the address, and appear in no error", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(401).end('{"error_code":401,"message":"no"}');
  });
  const port = await listening(server);
  const url = `http://127.0.0.1:${port}`;
  const registries = [
    client({ url, auth: { type: "basic", username: "me", password: "secret:ü" } }),
    client({ url, auth: { type: "bearer", token: "secret-token" } }),
    client({ url: `http://me:secret%21@127.0.0.1:${port}/` }),
    client({ url: "http://me:secret@127.0.0.1:1" }),
  ];
  for (const registry of registries) {
    try {
      await registry.subjects();
      expect.unreachable();
    } catch (error) {
      const { code } = error as { code: string };
      expect(["REGISTRY_UNAUTHORISED", "REGISTRY_UNREACHABLE"]).toContain(code);
      expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain("secret");
    }
  }
  expect(seen).toEqual([
    `Basic ${Buffer.from("me:secret:ü").toString("base64")}`,
    "Bearer secret-token",
    `Basic ${Buffer.from("me:secret!").toString("base64")}`,
  ]);
});

test("a caller that gives up gets ABORTED; those who wait for the same id go on", async () => {
  const release = Promise.withResolvers<undefined>();
  const { url } = await embedded({
    intercept: ({ url: path }) => (path === "/schemas/ids/1" || path === "/subjects" ? release.promise : undefined),
  });
  await client({ url }).register("s", schema);
  const registry = client({ url });
  const controller = new AbortController();
  const impatient = registry.schemaById(1, { signal: controller.signal });
  const patient = registry.schemaById(1);
  const listing = registry.subjects({ signal: controller.signal });
  controller.abort();
  await expect(impatient).rejects.toMatchObject({ code: "ABORTED" });
  await expect(listing).rejects.toMatchObject({ code: "ABORTED" });
  release.resolve(undefined);
  expect(await patient).toEqual(schema);
});

test("after close, calls reject and what is known stays readable; closing again is nothing", async () => {
  const { url } = await embedded();
  const registry = client({ url });
  const { id } = await registry.register("s", schema);
  await registry.schemaById(id);
  await registry.close();
  await registry[Symbol.asyncDispose]();
  expect(registry.schemaFor(id)).toEqual(schema);
  await expect(registry.subjects()).rejects.toMatchObject({ code: "CLOSED" });
  await expect(registry.schemaById(99)).rejects.toMatchObject({ code: "CLOSED" });
});
