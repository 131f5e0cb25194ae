import type { Finding, Rule } from "../model/finding.ts";
import { filesOf, isSource, isTestCode, type Member, type Workspace } from "../model/workspace.ts";

const mostLines = 400;
const mostTestLines = 600;
const wantedNinetieth = 250;
const emptyNames = new Set(["util", "utils", "helper", "helpers", "type", "types", "common", "misc", "shared"]);

/** Files are small and named after what they hold. */
export const fileSizes: Rule = {
  name: "file-sizes",
  find: (workspace) =>
    workspace.members.flatMap((member) =>
      filesOf(workspace, member, isSource).flatMap(([path, text]) => [...sizeProblems(path, text), ...nameProblems(path)]),
    ),
  remark(workspace) {
    const large = workspace.members
      .map((member) => ({ noun: member.noun, lines: ninetiethPercentile(workspace, member) }))
      .filter(({ lines }) => lines > wantedNinetieth);
    if (large.length === 0) return undefined;
    return `90th percentile above ${wantedNinetieth} lines: ${large.map(({ noun, lines }) => `${noun} ${lines}`).join(", ")}`;
  },
};

function sizeProblems(path: string, text: string): Finding[] {
  const most = isTestCode(path) ? mostTestLines : mostLines;
  const lines = lineCount(text);
  return lines > most ? [{ where: path, problem: `has ${lines} lines, more than ${most}`, remedy: "split it by concept" }] : [];
}

function nameProblems(path: string): Finding[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const stem = name.split(".")[0]!;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.ts$/.test(name))
    return [{ where: path, problem: "is not in kebab-case", remedy: "rename it" }];
  if (emptyNames.has(stem))
    return [{ where: path, problem: `is called ${stem}, which says nothing`, remedy: "name it after its main export" }];
  return [];
}

/** Lines that nine of ten hand-written files of a member stay under, tests not counted. */
export function ninetiethPercentile(workspace: Workspace, member: Member): number {
  const sizes = filesOf(workspace, member, (path) => isSource(path) && !isTestCode(path))
    .map(([, text]) => lineCount(text))
    .sort((one, other) => one - other);
  return sizes[Math.ceil(sizes.length * 0.9) - 1] ?? 0;
}

function lineCount(text: string): number {
  return text.trimEnd().split("\n").length;
}
