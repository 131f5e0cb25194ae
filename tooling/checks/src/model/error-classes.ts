import { readIndexFile } from "./index-file.ts";
import { filesOf, isSource, isTestCode, type Member, type Workspace } from "./workspace.ts";

/** Names of the error classes that a package's entry files export: those that extend `MillraceError` or another error. */
export function exportedErrorClasses(workspace: Workspace, member: Member): string[] {
  const declared = new Set<string>();
  for (const [, text] of filesOf(workspace, member, (path) => path.startsWith("src/") && isSource(path) && !isTestCode(path))) {
    for (const [, name] of text.matchAll(/^export (?:abstract )?class (\w+)(?:<[^{]*>)? extends \w*Error\b/gm)) declared.add(name!);
  }
  const entries = filesOf(workspace, member, (path) => /^src\/([\w-]+\/)?index\.ts$/.test(path));
  const exported = new Set(entries.flatMap(([, text]) => readIndexFile(text).reexports.flatMap((reexport) => reexport.names)));
  return [...declared].filter((name) => exported.has(name)).sort();
}
