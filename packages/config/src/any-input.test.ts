import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { schemaRegistry } from "../test/support/registry-section.ts";
import { ConfigError } from "./config-error.ts";
import { connection } from "./connection.ts";
import { explain } from "./explain.ts";
import { loadConfig } from "./load-config.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-config-any-"));
afterAll(() => rmSync(folder, { recursive: true }));
const sections = [connection, schemaRegistry] as const;

/** Loads, and fails for anything but a configuration or a ConfigError within a second. */
function load(options: object): void {
  const startedAt = performance.now();
  try {
    explain(loadConfig({ sections, environment: {}, ...options }));
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    JSON.stringify(error);
  }
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(Object.keys(Object.prototype)).toEqual([]);
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
});

test("any object gives a configuration or a ConfigError", () => {
  fc.assert(
    fc.property(anything, anything, (one, other) => {
      load({ object: one });
      load({ object: { connection: one, schemaRegistry: other } });
      load({ object: { connection: { brokers: one, security: other, clientId: one, __proto__: other } } });
      load({ object: { connection: { brokers: [one], security: { password: one, mechanism: other } }, schemaRegistry: { url: other } } });
    }),
    { numRuns: 300 },
  );
});

test("any environment gives a configuration or a ConfigError", () => {
  const variables = [...connection.environment.keys(), ...schemaRegistry.environment.keys(), "__proto__", "X"].map(
    (name) => `KAFKA_${name}`,
  );
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("a:1", "1", "true", "SASL_SSL", "http://a", ",,,"));
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...variables), fc.string()), text), (environment) => load({ environment })),
    { numRuns: 500 },
  );
});

test("any file gives a configuration or a ConfigError", () => {
  const yaml = fc
    .array(
      fc.constantFrom(
        "connection:",
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
        "&a",
        "*a",
        "!!x",
        '"',
        "'",
        "#",
        "|",
        ">",
        "---",
        "? ",
        "\t",
      ),
      {
        maxLength: 60,
      },
    )
    .map((tokens) => tokens.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), yaml, fc.json()), fc.constantFrom("a.yaml", "a.json"), (text, name) => {
      const file = join(folder, name);
      writeFileSync(file, text);
      load({ file });
    }),
    { numRuns: 500 },
  );
});

test("objects that throw, that never end or that are very large give a ConfigError too", () => {
  const thrower = {
    get connection(): object {
      throw new Error("not today");
    },
  };
  const endless: Record<string, unknown> = {};
  endless["connection"] = endless;
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error("not today");
      },
    },
  );
  const list = new Proxy([], {
    get() {
      throw new Error("not today");
    },
  });
  const large = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index]));
  for (const object of [
    thrower,
    endless,
    proxy,
    large,
    { connection: large },
    { connection: { brokers: proxy } },
    { connection: { brokers: list } },
  ])
    load({ object });
  load({ object: { connection: { brokers: Array.from({ length: 100_000 }, () => 5) } } });
  load({ environment: Object.fromEntries(Object.keys(large).map((key) => [`KAFKA_${key}`, "x".repeat(20)])) });
});
