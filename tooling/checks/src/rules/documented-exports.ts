import type { Finding, Rule } from "../model/finding.ts";
import { readIndexFile } from "../model/index-file.ts";
import { filesOf, type Member, type Workspace } from "../model/workspace.ts";

/** Everything that a package exports has a TSDoc comment. */
export const documentedExports: Rule = {
  name: "documented-exports",
  find: (workspace) => workspace.members.filter(({ kind }) => kind === "packages").flatMap((member) => undocumented(workspace, member)),
};

function undocumented(workspace: Workspace, member: Member): Finding[] {
  return filesOf(workspace, member, (path) => /^src\/([\w-]+\/)?index\.ts$/.test(path)).flatMap(([index, text]) =>
    readIndexFile(text).reexports.flatMap(({ names, specifier }) => {
      const where = new URL(specifier, `file:///${index}`).pathname.slice(1);
      const source = workspace.files.get(where) ?? "";
      return names
        .filter((name) => declaration(name).test(source) && !declaration(name, "\\*/\\n").test(source))
        .map((name) => ({ where, problem: `exports ${name} without a comment`, remedy: "say in TSDoc what it does and guarantees" }));
    }),
  );
}

/** Matches the declaration of an exported name; `before` must stand right in front of it. */
function declaration(name: string, before = ""): RegExp {
  return new RegExp(
    `${before === "" ? "^" : before}export (?:declare |abstract |async )*(?:const|let|function\\*?|class|interface|type) ${name}\\b`,
    "m",
  );
}
