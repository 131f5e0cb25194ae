import type { Finding, Rule } from "../model/finding.ts";
import { importsOf, packageOf } from "../model/imports.ts";
import { filesOf, isSource, isTestCode, type Member, type Workspace } from "../model/workspace.ts";

/** Every import is declared: in the package's own dependencies for shipped code, in its or the root's devDependencies for tests. */
export const declaredImports: Rule = {
  name: "declared-imports",
  find: (workspace) =>
    workspace.members.flatMap((member) =>
      filesOf(workspace, member, isSource).flatMap(([path, text]) =>
        importsOf(text).flatMap((specifier) => findUndeclared(workspace, member, path, specifier)),
      ),
    ),
};

function findUndeclared(workspace: Workspace, member: Member, path: string, specifier: string): Finding[] {
  if (leavesFolder(member, path, specifier)) {
    return [{ where: path, problem: `imports ${specifier}, which lies in another package`, remedy: "import it by the package's name" }];
  }
  const name = packageOf(specifier);
  if (name === undefined) return [];
  const { manifest } = member;
  if (name === manifest.name) return [{ where: path, problem: "imports its own package by name", remedy: "use a relative import" }];
  const shipped = member.kind === "packages" && path.startsWith(`${member.folder}/src/`) && !isTestCode(path);
  const allowed = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  if (!shipped) Object.assign(allowed, manifest.devDependencies, workspace.rootManifest.devDependencies);
  if (name in allowed) return [];
  const field = shipped ? "dependencies or peerDependencies" : "devDependencies";
  return [
    {
      where: path,
      problem: `imports ${name}, which ${member.folder}/package.json does not declare`,
      remedy: `add it to ${field}, or remove the import`,
    },
  ];
}

function leavesFolder(member: Member, path: string, specifier: string): boolean {
  if (!specifier.startsWith("..")) return false;
  const target = new URL(specifier, `file:///${path}`).pathname;
  return !target.startsWith(`/${member.folder}/`) && /^\/(packages|apps|tooling)\//.test(target);
}
