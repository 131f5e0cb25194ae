import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { metricCatalogue } from "../src/index.ts";

const packages = join(import.meta.dirname, "../..");

/** Names of metrics that packages tell of, as they stand in their source; where one is put together, its parts as a pattern. */
function toldMetrics(): ReadonlyMap<string, string> {
  const told = new Map<string, string>();
  for (const file of globSync("*/src/**/*.ts", { cwd: packages })) {
    if (file.endsWith(".test.ts") || file.startsWith("metrics/")) continue;
    const text = readFileSync(join(packages, file), "utf8");
    for (const [, name] of text.matchAll(/\b(?:count|gauge|record|observe)(?:\?\.)?\(\s*["`](millrace\.[^"`]+)["`]/g))
      told.set(name!, file);
  }
  return told;
}

test("every metric that a package tells of is in the catalogue: what is not is measured nowhere", () => {
  const told = toldMetrics();
  expect(told.size).toBeGreaterThan(15);
  const unknown = [...told].filter(([name]) => {
    const pattern = new RegExp(`^${name.replaceAll(".", String.raw`\.`).replaceAll(/\$\{[^}]*\}/g, "[a-z-]+")}$`);
    return !metricCatalogue.some((definition) => pattern.test(definition.name));
  });
  expect(unknown).toEqual([]);
});
