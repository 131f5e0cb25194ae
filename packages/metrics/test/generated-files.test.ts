import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { alertRules, generatedFiles, grafanaDashboard, metricCatalogue } from "../src/index.ts";
import { prometheusLabel, prometheusName } from "../src/prometheus-name.ts";

const docs = new URL("../../../docs/", import.meta.url);

const known = new Set(
  metricCatalogue.flatMap(({ name, unit, kind }) => {
    const series = prometheusName({ name, unit, type: kind });
    return kind === "histogram" ? [`${series}_bucket`, `${series}_count`, `${series}_sum`] : [series];
  }),
);
const labels = new Set(metricCatalogue.flatMap(({ attributes }) => Object.values(attributes).map(prometheusLabel)));

/** Names of series and labels in an expression. */
function namesIn(expression: string): string[] {
  return expression.replace(/"[^"]*"/g, "").match(/\b(?:messaging|millrace|error)_\w+/g) ?? [];
}

// To write them anew: `vitest run --project embedded packages/metrics/test/generated-files.test.ts --update`.
test.each([...generatedFiles()])("%s in docs is what the catalogue makes", async (name, text) => {
  await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(name, docs)));
});

test("every alert and every panel asks for metrics and labels of the catalogue", () => {
  const rules = alertRules();
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  const panels = grafanaDashboard()["panels"] as { targets: { expr: string }[] }[];
  expect(panels.length).toBe(metricCatalogue.length);
  const expressions = [...rules.map(({ expr }) => expr), ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];
  for (const expression of expressions) {
    const names = namesIn(expression);
    expect(names.length, expression).toBeGreaterThan(0);
    expect(
      names.filter((name) => !known.has(name) && !labels.has(name)),
      expression,
    ).toEqual([]);
  }
});

test("what packages count is in the catalogue", async () => {
  const named = ["records.handled", "records.retried", "records.remembered", "slow.seconds", "head.of.line", "transactions", "rebalances"];
  const names = new Set(metricCatalogue.map(({ name }) => name));
  expect(named.filter((name) => !names.has(`millrace.${name}`))).toEqual([]);
  expect(names.size).toBe(metricCatalogue.length);
});
