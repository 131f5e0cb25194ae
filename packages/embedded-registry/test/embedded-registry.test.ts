import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type EmbeddedRegistry, type EmbeddedRegistryOptions, startEmbeddedRegistry } from "../src/index.ts";

const started: EmbeddedRegistry[] = [];
async function start(options?: EmbeddedRegistryOptions): Promise<EmbeddedRegistry> {
  const registry = await startEmbeddedRegistry(options);
  started.push(registry);
  return registry;
}
afterEach(async () => {
  for (const registry of started.splice(0)) await registry.close();
});

const schema = JSON.stringify({ type: "record", name: "A", fields: [] });
const post = (url: string, body: string, contentType = "application/vnd.schemaregistry.v1+json"): Promise<Response> =>
  fetch(url, { method: "POST", body, headers: { "content-type": contentType } });

test("it listens on loopback at a free port and answers in the registry's content type", async () => {
  const registry = await start();
  expect(registry).toMatchObject({ host: "127.0.0.1", url: `http://127.0.0.1:${registry.port}` });
  const response = await fetch(`${registry.url}/subjects`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/vnd.schemaregistry.v1+json");
  expect(await response.json()).toEqual([]);
});

test("every documented content type is taken, others are refused", async () => {
  const { url } = await start();
  const types = ["application/vnd.schemaregistry+json", "application/json; charset=utf-8", "application/octet-stream"];
  for (const type of types) expect((await post(`${url}/subjects/a/versions`, JSON.stringify({ schema }), type)).status).toBe(200);
  expect((await post(`${url}/subjects/a/versions`, JSON.stringify({ schema }), "text/plain")).status).toBe(415);
  const inJson = await fetch(`${url}/subjects`, { headers: { accept: "application/json" } });
  expect(inJson.headers.get("content-type")).toBe("application/json");
  expect((await fetch(`${url}/subjects`, { headers: { accept: "text/html" } })).status).toBe(406);
  const head = await fetch(`${url}/schemas/ids/1/schema`, { method: "HEAD" });
  expect({ status: head.status, length: head.headers.get("content-length"), text: await head.text() }).toEqual({
    status: 200,
    length: String(schema.length),
    text: "",
  });
  expect(await (await fetch(`${url}/schemas/ids/1/schema`)).text()).toBe(schema);
});

test("a body that is no JSON, too long or cut off is refused, and the registry goes on", async () => {
  const { url, port } = await start({ maxBodyBytes: 1_000 });
  expect(await (await post(`${url}/subjects/a/versions`, "{")).json()).toEqual({ error_code: 400, message: "the body is not JSON" });
  const tooLong = await post(`${url}/subjects/a/versions`, JSON.stringify({ schema: " ".repeat(2_000) }));
  expect(tooLong.status).toBe(413);
  expect(await tooLong.json()).toMatchObject({ error_code: 413 });
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.end("POST /subjects/a/versions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    });
    socket
      .on("error", reject)
      .on("close", () => resolve())
      .resume();
  });
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.end("nonsense\r\n\r\n"));
    socket
      .on("error", reject)
      .on("close", () => resolve())
      .resume();
  });
  expect((await post(`${url}/subjects/a/versions`, JSON.stringify({ schema }))).status).toBe(200);
});

test("intercept sees every request, may answer in its place, delay it, or fail", async () => {
  const seen: string[] = [];
  const { url } = await start({
    intercept(request) {
      seen.push(`${request.method} ${request.url}`);
      if (request.url === "/mode") return { status: 503, body: { error_code: 50301, message: "not now" } };
      if (request.url === "/config") return Promise.resolve(undefined);
      if (request.url === "/schemas/types") throw new Error("broken");
      if (request.url === "/contexts") return { status: 42, body: {} };
      if (request.url === "/schemas") return { status: 200, body: 1n };
      return undefined;
    },
  });
  expect((await fetch(`${url}/mode`)).status).toBe(503);
  expect(await (await fetch(`${url}/config`)).json()).toEqual({ compatibilityLevel: "BACKWARD" });
  for (const path of ["schemas/types", "contexts", "schemas"]) expect((await fetch(`${url}/${path}`)).status).toBe(500);
  expect((await fetch(`${url}/subjects`)).status).toBe(200);
  expect(seen).toEqual(["GET /mode", "GET /config", "GET /schemas/types", "GET /contexts", "GET /schemas", "GET /subjects"]);
});

test("close ends waiting requests, frees the port and may be called again", async () => {
  const asked = Promise.withResolvers<void>();
  const registry = await start({
    intercept() {
      asked.resolve();
      return new Promise(() => undefined);
    },
  });
  const waiting = fetch(`${registry.url}/subjects`).then(
    () => "answered",
    () => "ended",
  );
  await asked.promise;
  await Promise.all([registry.close(), registry.close()]);
  expect(await waiting).toBe("ended");
  const next = await start({ port: registry.port });
  expect(next.port).toBe(registry.port);
  await next[Symbol.asyncDispose]();
});

test("a taken port and options out of range are typed errors", async () => {
  const { port } = await start();
  await expect(startEmbeddedRegistry({ port })).rejects.toMatchObject({
    name: "EmbeddedRegistryError",
    code: "EMBEDDED_REGISTRY_NOT_LISTENING",
  });
  await expect(startEmbeddedRegistry({ host: "0.0.0.0", port: 70_000, maxBodyBytes: 0, maxSchemas: 0 })).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
    problems: [
      expect.stringContaining("host"),
      expect.stringContaining("port"),
      expect.stringContaining("maxBodyBytes"),
      expect.stringContaining("maxSchemas"),
    ],
  });
});
