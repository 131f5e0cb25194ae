import * as base from "@millrace/config";
import {
  type AnyConfigSection,
  ConfigError,
  type ConfigRule,
  explain,
  formatExplanation,
  fromProperties,
  loadConfig,
  type SettingNode,
  toProperties,
} from "@millrace/config";
import * as kafka from "@millrace/kafka/config";
import * as monitor from "@millrace/monitor/config";
import * as retry from "@millrace/retry/config";
import * as runtime from "@millrace/runtime/config";
import * as registry from "@millrace/schema-registry/config";
import fc from "fast-check";
import { expect, test } from "vitest";

const exported: readonly unknown[] = [base, kafka, monitor, retry, runtime, registry].flatMap((entry): readonly unknown[] =>
  Object.values(entry),
);
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const sections = exported.filter((value): value is AnyConfigSection => isObject(value) && "settings" in value && "properties" in value);
const rules = exported.flat().filter((value): value is ConfigRule => isObject(value) && "sections" in value && "findings" in value);

const unprintable = {
  toString(): never {
    throw new Error("not today");
  },
};
const likely = [
  "a:1",
  "all",
  1,
  0,
  -1,
  "infinity",
  Number.POSITIVE_INFINITY,
  Number.NaN,
  "true",
  "",
  "PEM",
  "earliest",
  "SASL_SSL",
  "PLAIN",
  ["range"],
  2 ** 53,
];
const leaf = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>(...likely, unprintable, Symbol("x"), () => 1),
);

/** Values along the declared settings, so that schemas, conversions and rules are reached. */
function along(node: SettingNode): fc.Arbitrary<unknown> {
  if (node.kind === "leaf") return leaf;
  const inner = Object.fromEntries([...node.children].map(([name, child]) => [name, along(child)]));
  return fc.oneof({ weight: 9, arbitrary: fc.record(inner, { requiredKeys: [] }) }, { weight: 1, arbitrary: leaf });
}

function withProperties(section: AnyConfigSection): fc.Arbitrary<unknown> {
  const names = ["x", ...section.properties.keys()];
  const properties = fc.dictionary(fc.constantFrom(...names), leaf, { maxKeys: 3 });
  return fc.tuple(along(section.settings), properties).map(([values, more]) => (isObject(values) ? { ...values, ...more } : values));
}

const object = fc.record(Object.fromEntries(sections.map((section) => [section.name, withProperties(section)])), { requiredKeys: [] });
const variables = sections.flatMap((section) => [
  ...section.environment.keys(),
  ...[...section.properties.keys()].map((name) => name.replaceAll(".", "_").toUpperCase()),
]);
const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom(...likely.map(String)));
const environment = fc.dictionary(fc.constantFrom(...variables.map((name) => `KAFKA_${name}`)), text, { maxKeys: 30 });
const preset = fc.option(fc.constantFrom(...sections.flatMap((section) => Object.keys(section.presets))), { nil: undefined });
const needed = {
  connection: { brokers: ["a:1"] },
  consumer: { group: "g" },
  runtime: { group: "g" },
  transactions: { transactionalId: "t" },
  schemaRegistry: { url: "http://a" },
};

test("all sections together give a configuration or a ConfigError within 50 ms, whatever they are given", () => {
  expect(sections.length).toBeGreaterThan(8);
  expect(rules.length).toBeGreaterThan(0);
  let loaded = 0;
  const load = (options: object): void => {
    let quickest = Number.POSITIVE_INFINITY;
    for (let time = 0; time < 5 && quickest > 50; time++) {
      const before = process.threadCpuUsage();
      try {
        const config = loadConfig({ sections, rules, environment: {}, ...options });
        formatExplanation(explain(config));
        for (const dialect of ["java", "librdkafka"] as const) fromProperties(sections, toProperties(sections, config, { dialect }));
        loaded++;
      } catch (error) {
        if (!ConfigError.is(error)) throw error;
      }
      const { user, system } = process.threadCpuUsage(before);
      quickest = Math.min(quickest, (user + system) / 1000);
    }
    expect(quickest).toBeLessThan(50);
  };
  fc.assert(
    fc.property(object, environment, preset, (values, texts, name) => {
      load({ object: values, environment: texts, preset: name });
      load({ object: values, base: needed });
      load({ environment: texts, preset: name, base: needed });
    }),
    { numRuns: 300, interruptAfterTimeLimit: 15_000 },
  );
  // Else only reports were tested.
  expect(loaded).toBeGreaterThan(0);
});
