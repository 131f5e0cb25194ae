import { join } from "node:path";
import { docCodeFolder, pathsOfDocs } from "./doc-code/doc-code.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

/** A program from node_modules that judges the whole workspace. */
export interface Tool {
  readonly name: string;
  readonly command: string;
  readonly parameters: readonly string[];
}

/** They only look: none of them writes what is committed. */
export const tools: readonly Tool[] = [
  { name: "lint", command: "oxlint", parameters: ["--type-aware", "--deny-warnings"] },
  // The workspace, and with it the code of the documentation.
  { name: "types", command: "tsc", parameters: ["-p", `${docCodeFolder}/tsconfig.json`, "--pretty", "false"] },
  { name: "programs", command: "node", parameters: ["--conditions=@millrace/source", "tooling/checks/src/doc-code/run-programs.ts"] },
  // What packages ship must build from each file alone; the root project does not ask for that.
  { name: "declarations", command: "tsc", parameters: ["-p", "tooling/checks/tsconfig.declarations.json", "--pretty", "false"] },
  { name: "format", command: "biome", parameters: ["check", "--error-on-warnings", "--colors=off", "--max-diagnostics=40"] },
  // Builds the packages' `dist` folders.
  { name: "api reports", command: "node", parameters: ["--conditions=@millrace/source", "tooling/checks/src/api-report.ts", "--check"] },
  { name: "unused", command: "knip", parameters: ["--no-progress", "--treat-config-hints-as-errors"] },
];

/** Tools that look at the code of the documentation, which must be laid out for them. */
export const toolsForDocs: readonly string[] = ["types", "programs"];

/** Runs a tool as it is installed at the root. */
export async function runTool(tool: Tool, root: string): Promise<CommandResult> {
  const result = await runCommand(join(root, "node_modules", ".bin", tool.command), tool.parameters, { cwd: root, timeoutMs: 600_000 });
  return { ...result, output: pathsOfDocs(result.output) };
}
