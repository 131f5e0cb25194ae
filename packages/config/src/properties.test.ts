import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { ConfigError } from "./config-error.ts";
import { type ConfigSection, defineSection } from "./config-section.ts";
import { explain } from "./explain.ts";
import { loadConfig, safeLoadConfig } from "./load-config.ts";
import { fromProperties, toProperties } from "./properties.ts";

interface SenderOptions {
  readonly servers?: readonly string[] | undefined;
  readonly acks?: "all" | 1 | 0 | undefined;
  readonly lingerMs: number;
  readonly waitMs?: number | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly autoCommitMs?: number | undefined;
  readonly user?: { readonly name: string; readonly password: string } | undefined;
}

const isTrue = (value: unknown): boolean => String(value).toLowerCase() === "true";

const sender: ConfigSection<SenderOptions, "sender"> = defineSection({
  name: "sender",
  schema: z.strictObject({
    servers: z.array(z.string()).optional(),
    acks: z.union([z.literal("all"), z.literal(1), z.literal(0)], "must be all, 1 or 0").optional(),
    lingerMs: z.number().default(0),
    waitMs: z.number().optional(),
    requestTimeoutMs: z.number().optional(),
    autoCommitMs: z.number("must be a number").optional(),
    user: z.strictObject({ name: z.string(), password: z.string() }).optional(),
  }),
  properties: {
    "bootstrap.servers": "servers",
    acks: {
      read: (acks) => ({ acks: String(acks) === "-1" ? "all" : acks }),
      write: ({ acks }) => acks as string | number | undefined,
    },
    "linger.ms": "lingerMs",
    "queue.buffering.max.ms": { setting: "lingerMs", dialect: "alias" },
    "fetch.max.wait.ms": { setting: "waitMs", dialect: "java" },
    "fetch.wait.max.ms": { setting: "waitMs", dialect: "librdkafka" },
    "request.timeout.ms": "requestTimeoutMs",
    "enable.auto.commit": {
      read: (enabled, given) => ({ autoCommitMs: isTrue(enabled) ? (given["auto.commit.interval.ms"] ?? 5000) : 0 }),
      write: ({ autoCommitMs }) => (autoCommitMs === undefined ? undefined : autoCommitMs !== 0),
    },
    "auto.commit.interval.ms": {
      read: (interval, given) => ({ autoCommitMs: isTrue(given["enable.auto.commit"] ?? true) ? interval : 0 }),
      write: ({ autoCommitMs }) => (autoCommitMs === 0 ? undefined : (autoCommitMs as number | undefined)),
    },
    "sasl.jaas.config": {
      dialect: "java",
      read: (login) => {
        const [, name, password] = /^(\w+)\/(\w+)$/.exec(String(login)) ?? [];
        return name === undefined ? "must be name/password" : { "user.name": name, "user.password": password };
      },
      write: ({ "user.name": name, "user.password": password }) =>
        name === undefined ? undefined : `${name as string}/${password as string}`,
    },
    "sasl.username": { setting: "user.name", dialect: "librdkafka" },
    "sasl.password": { setting: "user.password", dialect: "librdkafka" },
  },
});

interface LinkOptions {
  readonly requestTimeoutMs: number;
}

const link: ConfigSection<LinkOptions, "link"> = defineSection({
  name: "link",
  schema: z.strictObject({ requestTimeoutMs: z.number().default(30_000) }),
  properties: { "request.timeout.ms": "requestTimeoutMs" },
});

const sections = [link, sender] as const;
const environment = {};
const folder = mkdtempSync(join(tmpdir(), "millrace-config-properties-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("properties of Kafka's clients become settings, whatever they are called, and text is read by its setting", () => {
  const properties = {
    "bootstrap.servers": "a:1, b:2",
    acks: "-1",
    linger_ms: "5",
    "fetch.wait.max.ms": 250,
    "request.timeout.ms": "20000",
    "enable.auto.commit": "true",
    "auto.commit.interval.ms": "1000",
    "sasl.username": "shop",
    "sasl.password": "123",
    "client.rack": null,
  };
  const object = fromProperties(sections, properties);
  expectTypeOf(object.sender?.lingerMs).toEqualTypeOf<number | undefined>();
  expect(object).toEqual({
    link: { requestTimeoutMs: 20_000 },
    sender: {
      servers: ["a:1", "b:2"],
      acks: "all",
      lingerMs: 5,
      waitMs: 250,
      requestTimeoutMs: 20_000,
      autoCommitMs: 1000,
      user: { name: "shop", password: "123" },
    },
  });
  expect(loadConfig({ sections, object, environment }).sender.lingerMs).toBe(5);
});

test("settings become properties of the dialect that is asked for, and only those that are set", () => {
  expect(toProperties([sender], { sender: { lingerMs: 0 } })).toEqual({ "linger.ms": 0 });
  const config = loadConfig({
    sections,
    object: { sender: { servers: ["a:1", "b:2"], acks: "all", waitMs: 250, autoCommitMs: 0, user: { name: "u", password: "p" } } },
    environment,
  });
  const both = { "request.timeout.ms": 30_000, "bootstrap.servers": "a:1,b:2", acks: "all", "linger.ms": 0, "enable.auto.commit": false };
  expect(toProperties(sections, config)).toEqual({ ...both, "fetch.max.wait.ms": 250, "sasl.jaas.config": "u/p" });
  expect(toProperties(sections, config, { dialect: "librdkafka" })).toEqual({
    ...both,
    "fetch.wait.max.ms": 250,
    "sasl.username": "u",
    "sasl.password": "p",
  });
  for (const dialect of ["java", "librdkafka"] as const) {
    const object = fromProperties(sections, toProperties(sections, config, { dialect }));
    expect(loadConfig({ sections, object, environment }).sender).toEqual({ ...config.sender, requestTimeoutMs: 30_000 });
  }
});

test("where two sections have one property, the later section wins", () => {
  const config = { link: { requestTimeoutMs: 1 }, sender: { requestTimeoutMs: 2 } };
  expect(toProperties([link, sender], config)).toEqual({ "request.timeout.ms": 2 });
  expect(toProperties([sender, link], config)).toEqual({ "request.timeout.ms": 1 });
});

test("unknown properties, values that cannot be translated and properties that contradict each other are in one report without values", () => {
  let thrown: unknown;
  try {
    fromProperties(sections, { "linger.mss": 1, "sasl.jaas.config": "hunter2 hunter3", "linger.ms": 1, "queue.buffering.max.ms": 2, x: 1 });
  } catch (error) {
    thrown = error;
  }
  expect(ConfigError.is(thrown) && thrown.problems.map(({ path, rule, advice }) => [path, rule, advice])).toEqual([
    ["linger.mss", "none of the sections has such a property", "did you mean linger.ms?"],
    ["x", "none of the sections has such a property", undefined],
    ["queue.buffering.max.ms", "linger.ms says something else; keep one of the two", undefined],
    ["sasl.jaas.config", "must be name/password", undefined],
  ]);
  expect(JSON.stringify(thrown)).not.toContain("hunter");
});

test("a property is text, a number, true or false, or a list of such", () => {
  const values = [{ a: 1 }, new Map(), () => 1, Symbol("x"), ["a", {}]];
  for (const value of values)
    expect(() => fromProperties(sections, { "linger.ms": value })).toThrow("linger.ms (from properties): must be text");
  expect(fromProperties(sections, { "bootstrap.servers": ["a:1"] })).toEqual({ sender: { servers: ["a:1"] } });
});

test("a conversion that throws is told as a value that cannot be read", () => {
  const schema = z.strictObject({ a: z.number().optional() });
  const broken = defineSection({ name: "broken", schema, properties: { "a.b": { read: (value) => ({ a: BigInt(value as string) }) } } });
  expect(() => fromProperties([broken], { "a.b": "x" })).toThrow("a.b (from properties): cannot be read");
});

test("a section of an object or a file may hold Kafka's names, and the explanation says which", () => {
  const file = join(folder, "kafka.yaml");
  writeFileSync(file, "sender:\n  queue.buffering.max.ms: 7\n  bootstrap_servers: a:1,b:2\n  acks: 1\n");
  const object = { sender: { "linger.ms": 5, "sasl.jaas.config": "u/p" } };
  const config = loadConfig({ sections: [sender], object, environment, file });
  // The compiler lets names with a dot pass, and no others.
  // @ts-expect-error -- there is no such setting
  expect(() => loadConfig({ sections: [sender], object: { sender: { lingerMss: 5, "linger.ms": 5 } }, environment })).toThrow("lingerMss");
  expect(config.sender).toEqual({ servers: ["a:1", "b:2"], acks: 1, lingerMs: 5, user: { name: "u", password: "p" } });
  expect(explain(config).map(({ path, source }) => [path, source])).toEqual([
    ["sender.servers", `file ${file} (bootstrap_servers)`],
    ["sender.acks", `file ${file}`],
    ["sender.lingerMs", "object (linger.ms)"],
    ["sender.user.name", "object (sasl.jaas.config)"],
    ["sender.user.password", "object (sasl.jaas.config)"],
  ]);
});

test("two spellings of one setting are a problem only when they disagree", () => {
  const problemsOf = (values: object): unknown =>
    safeLoadConfig({ sections: [sender], object: { sender: values }, environment }).errors.map(({ path, value, rule }) => [
      path,
      value,
      rule,
    ]);
  expect(problemsOf({ lingerMs: 5, "linger.ms": "5" })).toEqual([]);
  expect(problemsOf({ lingerMs: 5, "linger.ms": 6 })).toEqual([["sender.lingerMs", "6", "object sets it to something else"]]);
  expect(problemsOf({ "linger.ms": 6, linger_ms: 7 })).toEqual([
    ["sender.linger_ms", undefined, "linger.ms says something else; keep one of the two"],
  ]);
  expect(problemsOf({ user: { name: "u", password: "p" }, "sasl.password": "q" })).toEqual([
    ["sender.user.password", "[redacted]", "object sets it to something else"],
  ]);
  expect(problemsOf({ "sasl.jaas.config": "oops" })).toEqual([["sender.sasl.jaas.config", undefined, "must be name/password"]]);
  expect(problemsOf({ "linger.mss": 1 })).toEqual([["sender.linger.mss", undefined, "there is no such setting"]]);
});

test("each property is a variable too, weaker than a section's own, and reaches every section that has it", () => {
  const config = loadConfig({
    sections,
    environment: {
      KAFKA_LINGER_MS: "5",
      KAFKA_ENABLE_AUTO_COMMIT: "true",
      KAFKA_REQUEST_TIMEOUT_MS: "20000",
      KAFKA_SENDER_REQUEST_TIMEOUT_MS: "10000",
      KAFKA_SASL_JAAS_CONFIG: "u/p",
    },
  });
  expect(config.link.requestTimeoutMs).toBe(20_000);
  expect(config.sender).toEqual({ lingerMs: 5, requestTimeoutMs: 10_000, autoCommitMs: 5000, user: { name: "u", password: "p" } });
  expect(explain(config)[0]?.source).toBe("environment KAFKA_REQUEST_TIMEOUT_MS");
  const wrong = safeLoadConfig({ sections, environment: { KAFKA_LINGER_MS: "soon", KAFKA_SASL_JAAS_CONFIG: "hunter2 x" } });
  expect(wrong.errors.map(({ path, source }) => [path, source])).toEqual([
    ["environment KAFKA_SASL_JAAS_CONFIG", undefined],
    ["sender.lingerMs", "environment KAFKA_LINGER_MS"],
  ]);
  expect(JSON.stringify(wrong)).not.toContain("hunter2");
});

test("a property that leads to no setting is the program's mistake", () => {
  const schema = z.strictObject({ a: z.number().optional() });
  expect(() => defineSection({ name: "x", schema, properties: { "a.b": "b" } })).toThrow("property a.b leads to b, which is no setting");
  const lost = defineSection({ name: "x", schema, properties: { "a.b": { read: () => ({ b: 1 }) } } });
  expect(() => fromProperties([lost], { "a.b": 1 })).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
});
