import { createServer, type IncomingHttpHeaders } from "node:http";
import { noRetry } from "@millrace/core";
import { type EmbeddedRegistryOptions, startEmbeddedRegistry } from "@millrace/embedded-registry";
import { avro, compressed, oneOf, recordNameStrategy, string } from "@millrace/serdes";
import { jsonSchema } from "@millrace/serdes/json-schema";
import { createVirtualClock } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import {
  collectSchemaBundle,
  createSchemaRegistry,
  type RegistryLevel,
  registerTopicSchemas,
  type SchemaRegistry,
  type SchemaRegistryOptions,
} from "../src/index.ts";
import { listening } from "./support/listening.ts";

async function embedded(options: EmbeddedRegistryOptions = {}): Promise<string> {
  const registry = await startEmbeddedRegistry(options);
  onTestFinished(() => registry.close());
  return registry.url;
}

function client(options: SchemaRegistryOptions): SchemaRegistry {
  const registry = createSchemaRegistry({ retry: noRetry, ...options });
  onTestFinished(() => registry.close());
  return registry;
}

const field = (name: string, type: unknown, more: object = {}): object => ({ name, type, ...more });
const order = (...fields: readonly object[]) =>
  ({ type: "AVRO", text: JSON.stringify({ type: "record", name: "Order", fields: [field("id", "string"), ...fields] }) }) as const;

test("[000-24] a topic's JSON Schemas go under {topic}-value and {topic}-key: registered, exists, upgraded, with id, version and a message", async () => {
  const registry = client({ url: await embedded() });
  const object = (...names: readonly string[]): object => ({
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
    additionalProperties: false,
  });
  const work = { name: "work", key: jsonSchema({ type: "string" }), value: jsonSchema(object("task")) };
  expect(await registerTopicSchemas(registry, work)).toEqual([
    {
      part: "key",
      subject: "work-key",
      action: "registered",
      schemaId: 1,
      version: 1,
      message: "registered as the first schema, which is version 1 of work-key, with id 1",
    },
    {
      part: "value",
      subject: "work-value",
      action: "registered",
      schemaId: 2,
      version: 1,
      message: "registered as the first schema, which is version 1 of work-value, with id 2",
    },
  ]);
  expect(await registry.latest("work-value")).toMatchObject({ id: 2, schema: { type: "JSON" } });
  expect(await registerTopicSchemas(registry, work)).toMatchObject([
    { part: "key", action: "exists" },
    { part: "value", action: "exists", schemaId: 2, version: 1, message: "already there as version 1 of work-value, with id 2" },
  ]);
  expect(await registerTopicSchemas(registry, { ...work, key: string(), value: jsonSchema(object("task", "reason")) })).toEqual([
    {
      part: "value",
      subject: "work-value",
      action: "upgraded",
      schemaId: 3,
      version: 2,
      message: "registered as version 2 of work-value, with id 3",
    },
  ]);
  const [key, value] = await registerTopicSchemas(registry, { ...work, value: jsonSchema({ type: "number" }) });
  expect(key).toMatchObject({ action: "exists" });
  expect(value).toEqual({
    part: "value",
    action: "incompatible",
    subject: "work-value",
    message: expect.stringContaining("TYPE_CHANGED") as unknown,
  });
  expect(await registry.versions("work-value")).toEqual([1, 2]);
  await expect(registerTopicSchemas(client({ url: "http://127.0.0.1:1" }), work)).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
});

test("a topic of several types has a schema and a subject for each", async () => {
  const registry = client({ url: await embedded() });
  const type = (name: string) => avro({ type: "record", name, namespace: "shop", fields: [] }, { subject: recordNameStrategy });
  const value = compressed(oneOf({ placed: type("Placed"), paid: type("Paid") }), "gzip");
  expect(await registerTopicSchemas(registry, { name: "orders", key: string(), value })).toMatchObject([
    { part: "value", subject: "shop.Placed", action: "registered" },
    { part: "value", subject: "shop.Paid", action: "registered" },
  ]);
  expect(await registry.subjects()).toEqual(["shop.Paid", "shop.Placed"]);
});

test("[000-25] first registered, same exists, compatible upgraded, incompatible an error and nothing registered", async () => {
  const registry = client({ url: await embedded() });
  const first = await registry.register("orders-value", order());
  expect(first).toEqual({ id: 1, version: 1, action: "registered" });
  expect(await registry.register("orders-value", order())).toEqual({ ...first, action: "exists" });
  expect(await registry.register("orders-value", order(field("note", "string", { default: "" })))).toEqual({
    id: 2,
    version: 2,
    action: "upgraded",
  });
  await expect(registry.register("orders-value", order(field("total", "int")))).rejects.toMatchObject({
    code: "REGISTRY_INCOMPATIBLE",
    retryable: false,
    message: expect.stringContaining("READER_FIELD_MISSING_DEFAULT_VALUE") as unknown,
  });
  expect(await registry.versions("orders-value")).toEqual([1, 2]);
  expect(await registry.lookup("orders-value", order(field("total", "int")))).toBeUndefined();
  await expect(client({ url: await embedded() }).schemaById(3)).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });
});

test("[001-10] register, get by id from memory, check, latest, levels, lists, delete, and a connection that is checked within 5 seconds", async () => {
  const requests: string[] = [];
  const url = await embedded({
    intercept({ method, url: path }) {
      requests.push(`${method} ${path}`);
      return undefined;
    },
  });
  const registry = client({ url });
  const { id } = await registry.register("orders-value", order());
  const reader = client({ url });
  requests.length = 0;
  expect(await reader.schemaById(id)).toEqual(order());
  expect(await reader.schemaById(id)).toEqual(order());
  expect(await reader.idFor("orders-value", order())).toBe(id);
  expect(reader.idFor("orders-value", order())).toBe(id);
  expect(requests).toEqual(["GET /schemas/ids/1", "POST /subjects/orders-value/versions"]);
  expect(await registry.checkCompatibility("orders-value", order(field("a", "int", { default: 0 })))).toEqual({
    compatible: true,
    messages: [],
  });
  expect(await registry.checkCompatibility("orders-value", order(field("a", "int")))).toEqual({
    compatible: false,
    messages: expect.arrayContaining([expect.stringContaining("READER_FIELD_MISSING_DEFAULT_VALUE")]) as unknown,
  });
  expect(await registry.latest("orders-value")).toMatchObject({ subject: "orders-value", version: 1, id, schema: order() });
  await registry.setLevel("FULL", "orders-value");
  expect(await registry.level("orders-value")).toBe("FULL");
  expect(await registry.subjects()).toEqual(["orders-value"]);
  expect(await registry.versions("orders-value")).toEqual([1]);
  expect(await registry.deleteSubject("orders-value")).toEqual([1]);
  await expect(registry.latest("orders-value")).rejects.toMatchObject({ name: "RegistryError", code: "REGISTRY_NOT_FOUND" });
  requests.length = 0;
  expect(await registry.checkConnection()).toBe(true);
  expect(requests).toEqual(["GET /subjects"]);

  const clock = createVirtualClock();
  const hanging = client({ url: await embedded({ intercept: () => new Promise(() => undefined) }), clock });
  let answer: boolean | undefined;
  const asking = hanging.checkConnection().then((connected) => {
    answer = connected;
  });
  await clock.advance(4_999);
  expect(answer).toBeUndefined();
  await clock.advance(1);
  await asking;
  expect(answer).toBe(false);
});

test("[001-12] BACKWARD is the default; the registry's level and a subject's own are enforced when a schema is registered", async () => {
  const registry = client({ url: await embedded() });
  expect(await registry.level()).toBe("BACKWARD");
  await registry.setLevel("BACKWARD");
  const required = field("total", "int");
  // Which level takes a field without default that comes, and which one that goes.
  const levels: readonly (readonly [RegistryLevel, boolean, boolean])[] = [
    ["BACKWARD", false, true],
    ["FORWARD", true, false],
    ["FULL", false, false],
    ["NONE", true, true],
  ];
  const taken = async (subject: string, schema: ReturnType<typeof order>): Promise<boolean> => {
    const { compatible } = await registry.checkCompatibility(subject, schema);
    const registered = await registry.register(subject, schema).then(
      () => true,
      (error: { code: string }) => {
        expect(error.code).toBe("REGISTRY_INCOMPATIBLE");
        return false;
      },
    );
    expect(registered).toBe(compatible);
    return registered;
  };
  for (const [level, takesAdded, takesRemoved] of levels) {
    for (const whose of ["subject", "registry"] as const) {
      const [added, removed] = [`${whose}-${level}-added`, `${whose}-${level}-removed`];
      await registry.register(added, order());
      await registry.register(removed, order(required));
      if (whose === "registry") await registry.setLevel(level);
      else for (const subject of [added, removed]) await registry.setLevel(level, subject);
      expect(await registry.level(added)).toBe(level);
      expect([await taken(added, order(required)), await taken(removed, order())], `${level} of the ${whose}`).toEqual([
        takesAdded,
        takesRemoved,
      ]);
    }
    await registry.resetLevel();
    expect(await registry.level()).toBe("BACKWARD");
  }
});

test("a subject that may only be read takes no schema, until its mode is reset", async () => {
  const registry = client({ url: await embedded() });
  await registry.register("orders-value", order());
  await registry.setMode("READONLY", "orders-value");
  await expect(registry.register("orders-value", order(field("a", "int", { default: 0 })))).rejects.toMatchObject({
    code: "REGISTRY_INVALID",
    errorCode: 42205,
  });
  await registry.resetMode("orders-value");
  expect(await registry.register("orders-value", order(field("a", "int", { default: 0 })))).toMatchObject({ action: "upgraded" });
  await expect(registry.setMode("IMPORT", "orders-value")).rejects.toMatchObject({ code: "REGISTRY_INVALID", errorCode: 42205 });
  await registry.setMode("IMPORT", "orders-value", { force: true });
  expect(await registry.mode("orders-value")).toBe("IMPORT");
});

test("normalize takes schemas for the same that differ only in how they are written", async () => {
  const url = await embedded();
  const schema = (alias: readonly string[]) =>
    ({ type: "AVRO", text: JSON.stringify({ type: "record", name: "Order", aliases: alias, fields: [] }) }) as const;
  const registry = client({ url, normalize: true });
  await registry.register("orders-value", schema(["b", "a"]));
  expect(await registry.register("orders-value", schema(["a", "b"]))).toMatchObject({ action: "exists", version: 1 });
  expect(await registry.idFor("orders-value", schema(["a", "b"]))).toBe(1);
  expect(await registry.lookup("orders-value", schema(["b", "a"]))).toMatchObject({ version: 1 });
});

test("a bundle holds every version of the subjects and what they refer to, and services start from it", async () => {
  const url = await embedded();
  const registry = client({ url });
  const used = { type: "AVRO", text: '{"type":"record","name":"Used","fields":[]}' } as const;
  await registry.register("used-value", used);
  const references = [{ name: "Used", subject: "used-value", version: 1 }];
  const using = { ...order(field("used", "Used")), references };
  await registry.register("orders-value", using);
  await registry.register("orders-value", { ...order(field("used", "Used"), field("note", "string", { default: "" })), references });
  await registry.register("other-value", order());
  const bundle = await collectSchemaBundle(client({ url }), { subjects: ["orders-value"] });
  expect(bundle.versions).toEqual([
    { subject: "orders-value", version: 1, id: 2 },
    { subject: "orders-value", version: 2, id: 3 },
    { subject: "used-value", version: 1, id: 1 },
  ]);
  expect(bundle.schemas.map(({ id }) => id)).toEqual([1, 2, 3]);
  expect((await collectSchemaBundle(client({ url }))).schemas).toHaveLength(4);
  await expect(collectSchemaBundle(registry, { subjects: ["none"] })).rejects.toMatchObject({ code: "REGISTRY_NOT_FOUND" });

  const offline = client({ url: "http://127.0.0.1:1", bundle, autoRegister: false });
  expect(offline.idFor("orders-value", using)).toBe(2);
  expect(offline.schemaFor(2)).toEqual(using);
  expect(offline.schemaOf("used-value", 1)).toEqual(used);
  expect(await offline.version("orders-value", 2)).toMatchObject({ id: 3 });
  expect(await offline.latest("orders-value")).toMatchObject({ version: 2, isStale: true });
  await expect(offline.schemaById(4)).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  expect(offline.exportBundle()).toEqual(bundle);
});

test("what a client learns goes into its bundle, once each", async () => {
  const url = await embedded();
  const registry = client({ url });
  await registry.idFor("orders-value", order());
  expect(registry.exportBundle()).toMatchObject({ schemas: [{ id: 1, schema: order() }], versions: [{ subject: "orders-value", id: 1 }] });
  await registry.latest("orders-value");
  await registry.lookup("orders-value", order());
  expect(registry.exportBundle().versions).toEqual([{ subject: "orders-value", version: 1, id: 1 }]);
  const reader = client({ url });
  await reader.schemaById(1);
  expect(reader.exportBundle()).toMatchObject({ schemas: [{ id: 1 }], versions: [] });
});

test("basic user info, a token that is asked for each time, and headers are sent; a redirect is not followed", async () => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    if (request.url === "/moved/subjects") response.writeHead(302, { location: "/subjects" }).end();
    else response.end("[]");
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  let tokens = 0;
  const token = (): Promise<string> => {
    tokens += 1;
    return Promise.resolve(`token-${tokens}`);
  };
  const bearer = client({ url, auth: { type: "bearer", token }, headers: { "target-sr-cluster": "lsrc-1" } });
  await bearer.subjects();
  await bearer.subjects();
  await client({ url, basicAuthUserInfo: "me:pass:word" }).subjects();
  await client({ url, basicAuthUserInfo: null }).subjects();
  expect(seen.map(({ authorization }) => authorization)).toEqual([
    "Bearer token-1",
    "Bearer token-2",
    `Basic ${Buffer.from("me:pass:word").toString("base64")}`,
    undefined,
  ]);
  expect(seen.map((headers) => headers["target-sr-cluster"])).toEqual(["lsrc-1", "lsrc-1", undefined, undefined]);
  seen.length = 0;
  await expect(client({ url: `${url}/moved`, auth: { type: "bearer", token: "secret" } }).subjects()).rejects.toMatchObject({
    code: "REGISTRY_BAD_RESPONSE",
    status: 302,
  });
  expect(seen).toHaveLength(1);
});

test("a function that gives no token asks nobody: it may pass when it fails, and not when it gives no text", async () => {
  const url = await embedded();
  const failing = client({ url, auth: { type: "bearer", token: () => Promise.reject(new Error("vault")) } });
  await expect(failing.subjects()).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE", retryable: true, cause: { message: "vault" } });
  for (const token of ["secret\nx", "", undefined]) {
    const failure: unknown = await client({ url, auth: { type: "bearer", token: () => token as string } })
      .subjects()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "REGISTRY_UNAUTHORISED" });
    expect(String((failure as Error).stack)).not.toContain("secret");
  }
});
