import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { layOutDocCode } from "./doc-code/lay-out-doc-code.ts";
import { loadWorkspace } from "./model/load-workspace.ts";
import { allRules } from "./rules/all-rules.ts";
import { runTool, tools, toolsForDocs } from "./tools.ts";

/** `pnpm check`: the house rules, then the tools. One line each; what is wrong below it. Exit code 1 if anything is. */
const root = fileURLToPath(new URL("../../..", import.meta.url));
const names = [...allRules, ...tools].map(({ name }) => name);
const { values } = parseArgs({ options: { only: { type: "string", multiple: true } } });
const wanted = values.only ?? names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no check called ${unknown.join(", ")}. There are: ${names.join(", ")}.`);
  process.exit(2);
}

let failed = 0;
const report = (name: string, beganAt: number, problems: readonly string[], note = ""): void => {
  if (problems.length > 0) failed++;
  const seconds = ((performance.now() - beganAt) / 1_000).toFixed(1).padStart(5);
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${name.padEnd(20)} ${seconds} s${note === "" ? "" : `  ${note}`}`);
  for (const problem of problems) console.log(problem.replace(/^/gm, "       "));
};

const startedAt = performance.now();
const wantedRules = allRules.filter(({ name }) => wanted.includes(name));
const needsDocs = toolsForDocs.some((name) => wanted.includes(name));
if (wantedRules.length > 0 || needsDocs) {
  const workspace = await loadWorkspace(root);
  if (needsDocs) await layOutDocCode(workspace, root);
  for (const rule of wantedRules) {
    const beganAt = performance.now();
    const problems = rule.find(workspace).map(({ where, problem, remedy }) => `${where}: ${problem} -> ${remedy}`);
    report(rule.name, beganAt, problems, rule.remark?.(workspace));
  }
}

const waiting = tools.filter(({ name }) => wanted.includes(name));
const worker = async (): Promise<void> => {
  for (let tool = waiting.shift(); tool !== undefined; tool = waiting.shift()) {
    const beganAt = performance.now();
    const { code, output } = await runTool(tool, root);
    report(tool.name, beganAt, code === 0 ? [] : [output === "" ? `${tool.command} ended with code ${code}` : output]);
  }
};
await Promise.all([worker(), worker()]);

const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
console.log(
  failed === 0 ? `All ${wanted.length} checks passed in ${seconds} s.` : `${failed} of ${wanted.length} checks failed (${seconds} s).`,
);
process.exitCode = failed === 0 ? 0 : 1;
