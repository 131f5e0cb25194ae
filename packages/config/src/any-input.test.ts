import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { schemaRegistry } from "../test/support/registry-section.ts";
import { ConfigError } from "./config-error.ts";
import { defineSection } from "./config-section.ts";
import { connection } from "./connection.ts";
import { explain, formatExplanation } from "./explain.ts";
import { loadConfig } from "./load-config.ts";
import { readPrefixedEnvironment } from "./prefixed-environment.ts";
import { fromProperties } from "./properties.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-config-any-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A section that takes nearly anything. */
const open = defineSection({
  name: "open",
  schema: z.strictObject({
    lingerMs: z.number().optional(),
    labels: z.record(z.string(), z.unknown()).optional(),
    anything: z.unknown().optional(),
    list: z.array(z.strictObject({ name: z.string(), value: z.unknown() })).optional(),
    inner: z.strictObject({ names: z.array(z.string()).optional() }).optional(),
  }),
  properties: {
    "linger.ms": "lingerMs",
    "inner.names": "inner.names",
    "two.things": { read: (value, given) => ({ lingerMs: Number(value), anything: `${String(value)}${String(given["linger.ms"])}` }) },
  },
  rules: ({ labels }) => (labels === undefined ? [] : [{ path: "labels", message: "are noted", severity: "warning" }]),
});
const sections = [connection, schemaRegistry, open] as const;
const mostMs = 50;
const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype];
const clean = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);

/** Runs, and fails for anything but an answer or a ConfigError, for a changed prototype, and for 50 ms of this thread's time, the quickest of five times. */
function survive(run: () => unknown): void {
  let quickest = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 5 && quickest > mostMs; time++) {
    const before = process.threadCpuUsage();
    try {
      run();
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      expect(error.problems.length).toBeGreaterThan(0);
      expect(error.problems.length).toBeLessThanOrEqual(100);
      JSON.stringify(error);
    }
    const { user, system } = process.threadCpuUsage(before);
    quickest = Math.min(quickest, (user + system) / 1000);
  }
  expect(quickest).toBeLessThan(mostMs);
  expect(prototypes.map((prototype) => Reflect.ownKeys(prototype).length)).toEqual(clean);
}

function load(options: object): void {
  survive(() => {
    const config = loadConfig({ sections, environment: {}, ...options });
    formatExplanation(explain(config));
  });
}

const name = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "connection",
    "open",
    "labels",
    "linger.ms",
    "linger_ms",
    "two.things",
    "$schema",
  ),
);
const anything = fc.anything({
  key: name,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
});

test("any object gives a configuration or a ConfigError, touches no prototype and takes no 50 ms", () => {
  fc.assert(
    fc.property(anything, anything, fc.constantFrom("object", "base"), (one, other, source) => {
      load({ [source]: one });
      load({ [source]: { connection: one, schemaRegistry: other, open: one } });
      load({ [source]: { connection: { brokers: one, security: other, clientId: one, __proto__: other } } });
      load({ [source]: { connection: { brokers: [one], security: { password: one, mechanism: other } }, schemaRegistry: { url: other } } });
      load({
        [source]: {
          connection: { brokers: ["a:1"] },
          schemaRegistry: { url: "http://a" },
          open: { labels: one, anything: other, list: [one], "linger.ms": other, linger_ms: one, "two.things": one, "inner.names": other },
        },
      });
    }),
    { numRuns: 300 },
  );
});

test("any properties give settings or a ConfigError, touch no prototype and take no 50 ms", () => {
  fc.assert(
    fc.property(fc.dictionary(name, anything), anything, (properties, value) => {
      survive(() => fromProperties(sections, properties));
      survive(() => fromProperties(sections, { "two.things": value, "linger.ms": value, linger_ms: value }));
      survive(() => fromProperties(sections, value as Record<string, unknown>));
    }),
    { numRuns: 300 },
  );
});

test("any environment gives a configuration or a ConfigError, touches no prototype and takes no 50 ms", () => {
  const variables = [...connection.environment.keys(), ...schemaRegistry.environment.keys(), ...open.environment.keys()];
  const names = [...variables, "LINGER_MS", "TWO_THINGS", "INNER_NAMES", "__proto__", "KAFKA___PROTO__", "X"].map(
    (suffix) => `KAFKA_${suffix}`,
  );
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.constantFrom("a:1", "1", "true", "SASL_SSL", "http://a", ",,,"),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), text), (environment) => {
      load({ environment });
      survive(() => readPrefixedEnvironment({ environment, prefix: "KAFKA_" }));
    }),
    { numRuns: 500 },
  );
});

test("any file gives a configuration or a ConfigError, touches no prototype and takes no 50 ms", () => {
  const tokens = [
    "connection:",
    "open:",
    "labels:",
    "__proto__:",
    "linger.ms:",
    "\n",
    " ",
    "  ",
    "- ",
    "brokers",
    ":",
    "a:1",
    "[",
    "]",
    "{",
    "}",
  ];
  const marks = ["&a", "*a", "<<:", "!!x", '"', "'", "#", "|", ">", "---", "? ", "\t", "%YAML 1.1\n"];
  const yaml = fc.array(fc.constantFrom(...tokens, ...marks), { maxLength: 60 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), yaml, fc.json()), fc.constantFrom("a.yaml", "a.json"), (text, file) => {
      writeFileSync(join(folder, file), text);
      load({ file: join(folder, file) });
    }),
    { numRuns: 500 },
  );
});

const many = 100_000;
const listOf = (item: unknown, count = many): unknown[] => Array.from({ length: count }, () => item);
const keysOf = (start: string, count = many): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${start}${index}`, String(index)]));
const huge = "x".repeat(10_000_000);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { connection: value, labels: value };
  return value;
}

function endless(): Record<string, unknown> {
  const cycle: Record<string, unknown> = {};
  for (const key of ["connection", "open", "labels", "anything", "security", "linger.ms"]) cycle[key] = cycle;
  return Object.assign(cycle, { list: [cycle], brokers: [cycle] });
}

function thrower(): never {
  throw new Error("not today");
}

const throwing = new Proxy({}, { ownKeys: thrower, get: thrower, getPrototypeOf: thrower, getOwnPropertyDescriptor: thrower });
const growing: object = new Proxy(
  {},
  { ownKeys: () => ["a"], get: () => growing, getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }) },
);
const revoked = Proxy.revocable([], {});
revoked.revoke();
const sparse: unknown[] = [];
sparse.length = 2 ** 32 - 1;
let moods = 0;
const moody = {
  get connection(): unknown {
    return moods++ % 2 === 0 ? { brokers: ["a:1"] } : thrower();
  },
};
const unprintable = { toString: thrower, valueOf: thrower, toJSON: thrower, [Symbol.toPrimitive]: thrower };

test.each<[string, unknown]>([
  [
    "a getter that throws",
    {
      get connection(): unknown {
        return thrower();
      },
    },
  ],
  ["a getter that throws sometimes", moody],
  ["a proxy that throws", throwing],
  ["a proxy that throws in a section", { connection: throwing, open: throwing }],
  ["a proxy that throws in a setting", { connection: { brokers: throwing }, open: { labels: throwing, "linger.ms": throwing } }],
  ["a proxy that is revoked", { connection: { brokers: revoked.proxy, security: revoked.proxy } }],
  ["a proxy without end", { connection: growing, open: { labels: growing, anything: growing, "two.things": growing } }],
  ["cycles", endless()],
  ["cycles in settings", { open: endless(), connection: { brokers: endless(), security: endless() } }],
  ["deep nesting", nested(many)],
  ["deep nesting in settings", { open: { labels: nested(many), anything: nested(many), "linger.ms": nested(many) } }],
  ["nested lists", { open: { anything: Array.from({ length: 70 }).reduce((inner) => [inner], 1) } }],
  ["many names", keysOf("key")],
  ["many names that are nearly right", { connection: keysOf("broker"), open: keysOf("linger.m", 1000) }],
  ["long names", { [huge]: 1, connection: { [huge]: 1 }, open: { labels: { [huge]: huge } } }],
  ["many long names", { connection: keysOf("clientI".repeat(200), 1000) }],
  ["long lists", { connection: { brokers: listOf("a:1") }, open: { list: listOf({}) } }],
  ["lists that are just short enough", { connection: { brokers: listOf("a", 4000) }, open: { list: listOf({}, 2500) } }],
  ["a list of holes", { connection: { brokers: sparse }, open: { anything: sparse } }],
  ["long texts", { connection: { brokers: [huge], clientId: huge, security: huge }, schemaRegistry: { url: huge } }],
  ["texts of one character", { connection: { brokers: ["@".repeat(60_000)], clientId: "?".repeat(60_000) } }],
  ["what cannot be printed", { connection: { clientId: unprintable, brokers: [unprintable] }, open: { "two.things": unprintable } }],
  [
    "symbols and functions",
    { connection: { clientId: Symbol("x"), brokers: () => 1 }, open: { "two.things": Symbol("x"), "linger.ms": thrower } },
  ],
  [
    "names of prototypes",
    JSON.parse(
      '{"__proto__": {"x": 1}, "open": {"__proto__": {"x": 1}, "labels": {"__proto__": {"x": 1}, "constructor": {"prototype": {"x": 1}}}}}',
    ),
  ],
])("an object with %s gives a configuration or a ConfigError in time", (_what, object) => {
  load({ object });
  load({ base: object });
  survive(() => fromProperties(sections, object as Record<string, unknown>));
});

test.each<[string, unknown]>([
  ["many variables", keysOf("KAFKA_")],
  ["many long variables", keysOf(`KAFKA_${"BROKERS".repeat(100)}`, 2000)],
  ["long lists", { KAFKA_BROKERS: "a,".repeat(many), KAFKA_INNER_NAMES: "a,".repeat(many) }],
  ["a list that is just short enough", { KAFKA_BROKERS: "a,".repeat(8000) }],
  ["long texts", { KAFKA_BROKERS: huge, KAFKA_LINGER_MS: huge, KAFKA_OPEN_LABELS: huge, KAFKA_TWO_THINGS: huge }],
  [
    "deep JSON",
    {
      KAFKA_OPEN_LABELS: `${"[".repeat(60_000)}${"]".repeat(60_000)}`,
      KAFKA_OPEN_ANYTHING: `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
    },
  ],
  ["a number without end", { KAFKA_OPEN_LINGER_MS: "9".repeat(many), KAFKA_LINGER_MS: "1".repeat(400) }],
  ["values that are no texts", { KAFKA_BROKERS: 5, KAFKA_CLIENT_ID: { a: 1 }, KAFKA_LINGER_MS: Symbol("x") }],
  ["a proxy that throws", throwing],
  ["nothing", null],
])("an environment with %s gives a configuration or a ConfigError in time", (_what, environment) => {
  load({ environment });
  survive(() => readPrefixedEnvironment({ environment: environment as Record<string, string>, prefix: "KAFKA_" }));
});

const anchors = Array.from("bcdefghij", (letter, index) => `${letter}: &${letter} [${listOf(`*${"abcdefghij"[index]}`, 9).join(",")}]`);
const lines = (line: (index: number) => string, count: number): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

test.each([
  ["yaml", "a bomb of aliases", `a: &a [${listOf("x", 9).join(",")}]\n${anchors.join("\n")}`],
  ["yaml", "a cycle of aliases", "open: &a\n  labels: *a\n  anything: *a\n"],
  [
    "yaml",
    "many anchors",
    `connection: &a\n${lines((index) => ` k${index}: &k${index} v`, 700)}\nx: [${lines((index) => `*k${index},`, 600)}]`,
  ],
  ["yaml", "many merges", `a: &a {x: 1}\n${lines((index) => `b${index}: {<<: *a}`, 900)}`],
  ["yaml", "one long line", `connection: ${huge.slice(0, 16_000)}`],
  ["yaml", "one long list", `connection: {brokers: [${"a,".repeat(8000)}]}`],
  ["yaml", "one long map", `connection: {${"a:,".repeat(5300)}}`],
  ["yaml", "many mistakes", "}\n".repeat(8000)],
  ["yaml", "many wrong escapes", `a: "${"\\q".repeat(8000)}"`],
  ["yaml", "many anchors in a row", "&a ".repeat(5400)],
  ["yaml", "many dashes", "-\n".repeat(8000)],
  ["yaml", "many questions", "? a\n".repeat(4000)],
  ["yaml", "many keys", `connection:\n${lines((index) => ` k${index}: 1`, 1500)}`],
  [
    "yaml",
    "names of prototypes",
    "__proto__: {x: 1}\nopen:\n  __proto__: {x: 1}\n  labels:\n    __proto__: {x: 1}\n    constructor: {prototype: {x: 1}}\n",
  ],
  ["json", "deep nesting", `${"[".repeat(8000)}${"]".repeat(8000)}`],
  ["json", "deep nesting in a setting", `{"open":{"anything":${'{"a":'.repeat(2000)}1${"}".repeat(2000)}}}`],
  ["json", "a mistake at the end", `{"a": [${"1,".repeat(8000)}}`],
  ["json", "a long number", `{"open":{"lingerMs":${"9".repeat(16_000)}}}`],
])("a %s file with %s gives a configuration or a ConfigError in time", (ending, _what, text) => {
  const file = join(folder, `hostile.${ending}`);
  expect(text.length).toBeLessThanOrEqual(16_384);
  writeFileSync(file, text);
  load({ file });
});

test("the throwing form throws every time", () => {
  const options = { sections, environment: {}, object: { connection: { brokers: [] } } } as const;
  for (let time = 0; time < 3; time++) expect(() => loadConfig(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
