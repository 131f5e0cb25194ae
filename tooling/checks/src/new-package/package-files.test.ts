import { expect, test } from "vitest";
import { madeUpWorkspace } from "../model/made-up-workspace.ts";
import { allRules } from "../rules/all-rules.ts";
import { packageFiles, withLayer, withPackageRow } from "./package-files.ts";

const fresh = { noun: "monitor", description: "Watches." };

test("no rule finds anything in a new package", () => {
  const base = madeUpWorkspace();
  const changes: Record<string, string> = Object.fromEntries(packageFiles(fresh));
  changes["packages/monitor/etc/monitor.api.md"] = "made by `pnpm api:report`";
  changes["docs/architecture.md"] = "# Architecture";
  changes["README.md"] = withPackageRow("| [`@millrace/core`](packages/core) | One. |\n", fresh)!;
  const findingsOf = (workspace: typeof base): string[] =>
    allRules.flatMap((rule) => rule.find(workspace).map(({ where, problem }) => `${rule.name} ${where}: ${problem}`));
  const added = findingsOf(madeUpWorkspace(changes)).filter((finding) => !findingsOf(base).includes(finding));
  expect(added.filter((finding) => finding.includes("monitor"))).toEqual([]);
});

test("without one of its files, some rule finds something", () => {
  for (const path of packageFiles(fresh).keys()) {
    if (path.startsWith(".changeset") || path.endsWith(".test.ts") || path.endsWith("package.json") || path.endsWith("package-name.ts"))
      continue;
    const changes: Record<string, string> = Object.fromEntries(packageFiles(fresh));
    delete changes[path];
    const findings = allRules.flatMap((rule) => rule.find(madeUpWorkspace(changes))).map(({ where }) => where);
    expect(findings.filter((where) => where.startsWith("packages/monitor")).length, path).toBeGreaterThan(1);
  }
});

test("the row comes after the last one of the root README's table", () => {
  const table = "| [`@millrace/core`](packages/core) | One. |\n| [`@millrace/topics`](packages/topics) | Two. |\n";
  expect(withPackageRow(`# Title\n${table}\nApps\n`, fresh)).toBe(
    `# Title\n${table}| [\`@millrace/monitor\`](packages/monitor) | Watches. |\n\nApps\n`,
  );
  expect(withPackageRow("# Title\n", fresh)).toBe(undefined);
});

test("the line comes after the last one of its layer", () => {
  const table = 'export const layers = {\n  core: 0,\n  "schema-registry": 2,\n  kafka: 3,\n};\n';
  expect(withLayer(table, "own-noun", 2)).toBe(table.replace("  kafka", '  "own-noun": 2,\n  kafka'));
  expect(withLayer(table, "noun", 0)).toBe(table.replace('  "schema', '  noun: 0,\n  "schema'));
  expect(withLayer(table, "noun", 9)).toBe(undefined);
});
