import type { Manifest } from "../model/workspace.ts";

/** What is inside a tarball. */
export interface Tarball {
  /** Paths inside the package, without the leading `package/`. */
  readonly paths: readonly string[];
  readonly manifest: Manifest;
  readonly changelog: string;
}

const needed = ["package.json", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE", "dist/index.js", "dist/index.d.ts"];

/** What is wrong with a tarball, one sentence each. */
export function tarballProblems({ paths, manifest, changelog }: Tarball): string[] {
  const problems = needed.filter((path) => !paths.includes(path)).map((path) => `lacks ${path}`);
  for (const path of paths) {
    if (/\.test\.|(^|\/)test\//.test(path)) problems.push(`holds the test ${path}`);
    else if (path.startsWith("src/")) problems.push(`holds the source ${path}`);
    else if (path.startsWith("etc/")) problems.push(`holds the report ${path}`);
    else if (path.endsWith(".tsbuildinfo")) problems.push(`holds ${path}`);
  }
  const text = JSON.stringify(manifest);
  for (const word of ["@millrace/source", "workspace:", "catalog:"])
    if (text.includes(word)) problems.push(`package.json still says ${word}`);
  const targets = Object.values(manifest.exports ?? {}).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target),
  );
  for (const target of targets) if (!paths.includes(target.replace("./", ""))) problems.push(`exports ${target}, which is not inside`);
  // 0.0.x is what changesets makes of a package that was never released, when only its dependencies move.
  if (manifest.version === undefined || manifest.version.startsWith("0.0.")) problems.push("has no release of its own: add a changeset");
  else if (!changelog.includes(`## ${manifest.version}`)) problems.push(`CHANGELOG.md says nothing of ${manifest.version}`);
  return problems;
}
