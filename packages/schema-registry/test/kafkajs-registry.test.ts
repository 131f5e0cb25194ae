import { createServer, type RequestListener } from "node:http";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { fixed } from "@millrace/core";
import { startEmbeddedRegistry } from "@millrace/embedded-registry";
import { avro } from "@millrace/serdes";
import { expect, onTestFinished, test } from "vitest";
import { fromKafkaJsRegistry, type KafkaJsRegistry, type SchemaRegistry as Port, type RegistryClientOptions } from "../src/index.ts";
import { listening } from "./support/listening.ts";

const schema = { type: "AVRO", text: '"string"' } as const;

function over(instance: KafkaJsRegistry, options: RegistryClientOptions = {}): Port {
  const registry = fromKafkaJsRegistry(instance, { retry: fixed({ attempts: 2, delayMs: 1 }), ...options });
  onTestFinished(() => registry.close());
  return registry;
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(listener))}`;
}

test("what a program has set up for its instance is used, and serdes take it as their source", async () => {
  const embedded = await startEmbeddedRegistry();
  onTestFinished(() => embedded.close());
  const seen: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    seen.push(request.headers.authorization);
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await fetch(`${embedded.url}${request.url}`, {
        method: request.method ?? "GET",
        headers: { "content-type": "application/json" },
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      });
      response.writeHead(answer.status, { "content-type": "application/vnd.schemaregistry.v1+json" }).end(await answer.text());
    })();
  });
  const registry = over(new SchemaRegistry({ host: url, auth: { username: "me", password: "pw" } }));
  const serde = avro<string>('"string"').bind({ topic: "t", part: "value", source: registry });
  await serde.prepareToSerialize();
  expect(serde.serialize("x").toString("hex")).toBe("00000000010278");
  expect(await registry.register("t-value", schema)).toEqual({ id: 1, version: 1, action: "exists" });
  expect(new Set(seen)).toEqual(new Set([`Basic ${Buffer.from("me:pw").toString("base64")}`]));
});

test("every failure has its kind, as with fetch", async () => {
  const rows: readonly (readonly [number, string, string])[] = [
    [401, '{"error_code":401,"message":"who?"}', "REGISTRY_UNAUTHORISED"],
    [403, "no", "REGISTRY_UNAUTHORISED"],
    [404, '{"error_code":40401,"message":"Subject not found."}', "REGISTRY_NOT_FOUND"],
    [404, "<html>not a registry</html>", "REGISTRY_BAD_RESPONSE"],
    [409, '{"error_code":40901,"message":"incompatible"}', "REGISTRY_INCOMPATIBLE"],
    [422, '{"error_code":42201,"message":"invalid"}', "REGISTRY_INVALID"],
    [400, '{"error_code":400,"message":"bad"}', "REGISTRY_INVALID"],
    [400, "<html>", "REGISTRY_BAD_RESPONSE"],
    [429, "{}", "REGISTRY_UNAVAILABLE"],
    [503, '{"error_code":50003,"message":"store"}', "REGISTRY_UNAVAILABLE"],
    [200, "<html>", "REGISTRY_BAD_RESPONSE"],
    [200, "{}", "REGISTRY_BAD_RESPONSE"],
  ];
  for (const [status, body, code] of rows) {
    const host = await serve((_request, response) => response.writeHead(status).end(body));
    const registry = over(new SchemaRegistry({ host, retry: { retries: 0 } }));
    await expect(registry.version("s", 1), `${status} ${body}`).rejects.toMatchObject({ code });
    await expect(registry.subjects(), `${status} ${body}`).rejects.toMatchObject({ code });
  }
  const gone = over(new SchemaRegistry({ host: "http://127.0.0.1:1", retry: { retries: 0 } }));
  await expect(gone.checkCompatibility("s", schema)).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE", retryable: true });
  const resetting = await serve((request) => request.socket.resetAndDestroy());
  await expect(over(new SchemaRegistry({ host: resetting, retry: { retries: 0 } })).subjects()).rejects.toMatchObject({
    code: "REGISTRY_UNREACHABLE",
  });
});

test("a registry that hangs is a time-out, and the request is given up", async () => {
  const ended = Promise.withResolvers<void>();
  const host = await serve((request) => request.socket.once("close", () => ended.resolve()));
  const registry = over(new SchemaRegistry({ host, retry: { retries: 0 } }), { timeoutMs: 100 });
  await expect(registry.schemaById(1)).rejects.toMatchObject({ code: "REGISTRY_TIMEOUT", retryable: true });
  await ended.promise;
});

test("reads are repeated by the instance alone, writes by the port alone", async () => {
  const requests: string[] = [];
  const host = await serve((request, response) => {
    requests.push(request.method ?? "");
    response.writeHead(503).end("{}");
  });
  const registry = over(new SchemaRegistry({ host, retry: { retries: 2, initialRetryTimeInSecs: 0.001 } }));
  await expect(registry.subjects()).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  await expect(registry.setLevel("FULL", "s")).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  expect(requests).toEqual(["GET", "GET", "GET", "PUT", "PUT"]);
});

test("a transitive level is not checked against the newest version only", async () => {
  const embedded = await startEmbeddedRegistry();
  onTestFinished(() => embedded.close());
  const registry = over(new SchemaRegistry({ host: embedded.url }));
  await registry.register("s", schema);
  await registry.setLevel("FULL_TRANSITIVE", "s");
  await expect(registry.checkCompatibility("s", schema)).rejects.toMatchObject({ code: "REGISTRY_NOT_SUPPORTED" });
  await registry.setLevel("FULL", "s");
  expect(await registry.checkCompatibility("s", schema)).toMatchObject({ compatible: true });
});

test("an instance of something else, and wrong options, are told of at once", () => {
  const instances: unknown[] = [undefined, {}, { api: {} }, { api: { Schema: { find: 1 }, Subject: {} } }];
  for (const instance of instances) {
    expect(() => fromKafkaJsRegistry(instance as KafkaJsRegistry, { timeoutMs: -1 })).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTIONS",
        problems: [expect.stringContaining("timeoutMs"), expect.stringContaining("registry must be")],
      }),
    );
  }
});
