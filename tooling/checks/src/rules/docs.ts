import { posix } from "node:path";
import type { Finding, Rule } from "../model/finding.ts";
import type { Workspace } from "../model/workspace.ts";

/** Relative links in Markdown lead somewhere, and the root README knows every package. */
export const docs: Rule = {
  name: "docs",
  find: (workspace) => [
    ...[...workspace.files].filter(([path]) => path.endsWith(".md")).flatMap(([path, text]) => linkProblems(workspace, path, text)),
    ...tableProblems(workspace),
  ],
};

function linkProblems({ files }: Workspace, path: string, text: string): Finding[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, "")).replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)(?:\s"[^"]*")?\)/g)].flatMap((match) => {
    const link = match[1]!;
    if (/^[a-z][a-z+.-]*:/i.test(link)) return [];
    const where = `${path}:${prose.slice(0, match.index).split("\n").length}`;
    const [target = "", anchor] = link.split("#");
    const file = target === "" ? path : posix.join(posix.dirname(path), decodeURI(target)).replace(/\/$/, "");
    const exists = files.has(file) || [...files.keys()].some((known) => known.startsWith(`${file}/`));
    if (!exists) return [{ where, problem: `links to ${link}, which does not exist`, remedy: "correct the link" }];
    if (anchor !== undefined && file.endsWith(".md") && !anchorsOf(files.get(file) ?? "").has(anchor)) {
      return [{ where, problem: `links to ${link}, but there is no such heading`, remedy: "correct the part after #" }];
    }
    return [];
  });
}

/** The names GitHub gives headings. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-"),
    ),
  );
}

function tableProblems({ files, members }: Workspace): Finding[] {
  const where = "README.md";
  const text = files.get(where);
  if (text === undefined) return [{ where, problem: "does not exist", remedy: "write it, with a table of all packages" }];
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  return members
    .filter(({ kind, folder }) => kind === "packages" && !rows.some((row) => new RegExp(`${folder}(?![\\w-])`).test(row)))
    .map(({ folder }) => ({ where, problem: `its package table lacks ${folder}`, remedy: `add a row that links to ${folder}` }));
}
