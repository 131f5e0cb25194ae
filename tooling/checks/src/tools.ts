import { join } from "node:path";
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
  { name: "types", command: "tsc", parameters: ["-p", "tsconfig.json", "--pretty", "false"] },
  // What packages ship must build from each file alone; the root project does not ask for that.
  { name: "declarations", command: "tsc", parameters: ["-p", "tooling/checks/tsconfig.declarations.json", "--pretty", "false"] },
  { name: "format", command: "biome", parameters: ["check", "--error-on-warnings", "--colors=off", "--max-diagnostics=40"] },
  // Builds the packages' `dist` folders.
  { name: "api reports", command: "node", parameters: ["--conditions=@millrace/source", "tooling/checks/src/api-report.ts", "--check"] },
  { name: "unused", command: "knip", parameters: ["--no-progress", "--treat-config-hints-as-errors"] },
];

/** Runs a tool as it is installed at the root. */
export function runTool(tool: Tool, root: string): Promise<CommandResult> {
  return runCommand(join(root, "node_modules", ".bin", tool.command), tool.parameters, { cwd: root, timeoutMs: 600_000 });
}
