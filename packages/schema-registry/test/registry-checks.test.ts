import { createServer, type RequestListener } from "node:http";
import { type Check, type Finding, noRetry } from "@millrace/core";
import { type EmbeddedRegistryOptions, startEmbeddedRegistry } from "@millrace/embedded-registry";
import { avro, oneOf, recordNameStrategy, string } from "@millrace/serdes";
import { unreachableBrokers } from "@millrace/testing";
import { expect, onTestFinished, test } from "vitest";
import {
  createRegistryView,
  type RegistryCheckContext,
  reachableRegistry,
  registryLevel,
  schemaCompatibility,
} from "../src/checks/index.ts";
import { createSchemaRegistry, type SchemaRegistry, type SchemaRegistryOptions, type TopicSchemas } from "../src/index.ts";
import { startGuardedRegistry } from "./support/guarded-registry.ts";
import { listening } from "./support/listening.ts";

async function embedded(options: EmbeddedRegistryOptions = {}): Promise<SchemaRegistry> {
  const registry = await startEmbeddedRegistry(options);
  onTestFinished(() => registry.close());
  return client(registry.url);
}

function client(url: string, options: SchemaRegistryOptions = {}): SchemaRegistry {
  const registry = createSchemaRegistry({ retry: noRetry, ...options, url });
  onTestFinished(() => registry.close());
  return registry;
}

async function examine(
  check: Check<RegistryCheckContext>,
  registry: SchemaRegistry,
  context: Partial<RegistryCheckContext> = {},
  timeoutMs = 8_000, // Where much else runs, an answer takes its time.
): Promise<readonly Finding[]> {
  const given = { topics: [], ...context, registry: createRegistryView({ registry, timeoutMs }) };
  const blocked = check.blockedBy(given);
  if (blocked !== undefined) throw new Error(blocked);
  return await check.run(given, AbortSignal.timeout(30_000));
}

const order = (...fields: readonly object[]) =>
  avro({ type: "record", name: "Order", fields: [{ name: "id", type: "string" }, ...fields] });
const text = string();
const orders = (value: TopicSchemas["value"] = order(), key: TopicSchemas["key"] = text): TopicSchemas => ({ name: "orders", key, value });
const optional = { name: "note", type: "string", default: "" };
const demanding = { name: "amount", type: "int" };

test("nothing is found where schemas are registered or may follow, and the level is the declared one or a stricter one", async () => {
  const registry = await embedded();
  await registry.register("orders-value", order().schema!);
  const settings = { schemaRegistry: { compatibility: "BACKWARD", autoRegister: true }, topics: [orders(order(optional))] } as const;
  for (const check of [reachableRegistry, registryLevel, schemaCompatibility]) expect(await examine(check, registry, settings)).toEqual([]);
  await registry.setLevel("FULL_TRANSITIVE", "orders-value");
  expect(await examine(registryLevel, registry, settings)).toEqual([]);
});

test("finds registry-unreachable: nobody listens, nobody answers, or what answers is no registry", async () => {
  const server = async (answer: RequestListener): Promise<string> => `http://127.0.0.1:${await listening(createServer(answer))}`;
  const [free = ""] = await unreachableBrokers();
  const behaviours: readonly (readonly [string, string])[] = [
    [`http://${free}`, "cannot be reached"],
    ["http://no-such-host.invalid", "cannot be reached"],
    [await server(() => {}), "does not answer within 1000 ms"],
    [await server((_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end()), "check the registry's address"],
    [await server((_, response) => response.end("<html>Welcome</html>")), "check the registry's address"],
    [await server((_, response) => response.end('{"compatibilityLevel":"SOMETIMES"}')), ""],
    [await server((_, response) => response.writeHead(503).end("later")), "503"],
    [await server((request) => request.socket.destroy()), "cannot be reached"],
    [`${await startEmbeddedRegistryUrl()}/not/the/path`, ""],
    [await server((_, response) => response.writeHead(404).end("{}")), "check the registry's address, with its path"],
  ];
  for (const [url, words] of behaviours) {
    const timeoutMs = words.includes("within 1000 ms") ? 1_000 : undefined;
    const findings = await examine(reachableRegistry, client(url), {}, timeoutMs);
    expect(findings, url).toMatchObject([{ problem: "registry-unreachable", severity: "error", subject: "schema registry" }]);
    expect(findings[0]!.message).toContain(words);
    await expect(examine(registryLevel, client(url), { schemaRegistry: { compatibility: "FULL" } }, timeoutMs)).rejects.toThrow();
  }
});

async function startEmbeddedRegistryUrl(): Promise<string> {
  const registry = await startEmbeddedRegistry();
  onTestFinished(() => registry.close());
  return registry.url;
}

test("finds registry-authentication-failed, and knows a registry that keeps something from this login", async () => {
  for (const [status, found] of [
    [401, ["registry-authentication-failed"]],
    [403, []],
  ] as const) {
    const registry = client(await startGuardedRegistry({ refusal: () => status }), {
      auth: { type: "basic", username: "user", password: "hunter2-planted" },
    });
    const findings = await examine(reachableRegistry, registry);
    expect(findings.map(({ problem }) => problem)).toEqual(found);
    expect(JSON.stringify(findings)).not.toContain("hunter2-planted");
  }
});

test("finds registry-level-weaker, of the registry once, and of each subject with a level of its own", async () => {
  const registry = await embedded();
  await registry.register("orders-value", order().schema!);
  const find = async (compatibility: "BACKWARD" | "FORWARD" | "FULL" | "BACKWARD_TRANSITIVE" | "NONE") =>
    (await examine(registryLevel, registry, { schemaRegistry: { compatibility }, topics: [orders()] })).map(
      ({ problem, subject, evidence }) => [problem, subject, evidence["found"]],
    );
  const weaker = (subject: string, found: string) => ["registry-level-weaker", subject, found];
  expect(await find("BACKWARD")).toEqual([]);
  for (const level of ["FORWARD", "FULL", "BACKWARD_TRANSITIVE"] as const)
    expect(await find(level)).toEqual([weaker("schema registry", "BACKWARD")]);
  await registry.setLevel("NONE", "orders-value");
  expect(await find("BACKWARD")).toEqual([weaker("subject orders-value", "NONE")]);
  expect(await find("FULL")).toEqual([weaker("schema registry", "BACKWARD"), weaker("subject orders-value", "NONE")]);
  expect(await find("NONE")).toEqual([]);
});

test("finds value-schema-incompatible with the registry's own words, of keys and of each type of a topic too", async () => {
  const registry = await embedded();
  await registry.register("orders-value", order().schema!);
  await registry.register("orders-key", { type: "AVRO", text: '"string"' });
  const findings = await examine(schemaCompatibility, registry, { topics: [orders(order(demanding), avro("int"))] });
  expect(findings).toMatchObject([
    { problem: "key-schema-incompatible", severity: "error", subject: "subject orders-key" },
    { problem: "value-schema-incompatible", severity: "error", subject: "subject orders-value", evidence: { type: "AVRO" } },
  ]);
  expect(String(findings[1]!.evidence["registry"])).toContain("amount");
  const named = (name: string, ...fields: readonly object[]) =>
    avro({ type: "record", name, fields: [{ name: "id", type: "string" }, ...fields] }, { subject: recordNameStrategy });
  for (const name of ["A", "B"]) await registry.register(name, named(name).schema!);
  const either = oneOf({ A: named("A", demanding), B: named("B", demanding) });
  const both = await examine(schemaCompatibility, registry, { topics: [orders(either)] });
  expect(both.map(({ subject }) => subject)).toEqual(["subject A", "subject B"]);
  const broken = { ...order(), schema: { type: "AVRO", text: '{"type":"nonsense"}' } } as const;
  expect(await examine(schemaCompatibility, registry, { topics: [orders(broken)] })).toMatchObject([
    { problem: "value-schema-incompatible" },
  ]);
});

test("finds schema-not-registered where the application registers none; looking registers nothing", async () => {
  const registry = await embedded();
  const look = async (autoRegister: boolean) =>
    await examine(schemaCompatibility, registry, { schemaRegistry: { autoRegister }, topics: [orders()] });
  expect(await look(true)).toEqual([]);
  expect(await look(false)).toMatchObject([{ problem: "schema-not-registered", severity: "error", subject: "subject orders-value" }]);
  expect(await registry.subjects()).toEqual([]);
});
