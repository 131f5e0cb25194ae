import semver from "semver";
import type { Finding, Rule } from "../model/finding.ts";
import type { Exports, Member, Workspace } from "../model/workspace.ts";

/** Node lines that are supported for long: the even ones. */
const nodeLines = ["22.22.0", "24.0.0", "24.21.0"];

/** Exports name files that exist, dependencies come through the catalog, and run wherever the package says that it runs. */
export const engines: Rule = {
  name: "exports-and-engines",
  find: (workspace) =>
    workspace.members.flatMap((member) => [
      ...exportProblems(workspace, member),
      ...protocolProblems(member),
      ...(member.kind === "packages" ? engineProblems(workspace, member) : []),
    ]),
};

function exportProblems({ files }: Workspace, { folder, manifest }: Member): Finding[] {
  const exports: Exports = manifest.exports ?? {};
  const targets = Object.values(exports).map((target) => (typeof target === "string" ? target : target["@millrace/source"]));
  return targets
    .filter((target) => target !== undefined && !files.has(`${folder}/${target.slice(2)}`))
    .map((target) => ({
      where: `${folder}/package.json`,
      problem: `exports ${target}, which does not exist`,
      remedy: "write the file, or remove the entry",
    }));
}

function protocolProblems({ folder, manifest }: Member): Finding[] {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([name, range]) => (name.startsWith("@millrace/") ? !range.startsWith("workspace:") : range !== "catalog:"))
    .map(([name, range]) => ({
      where: `${folder}/package.json`,
      problem: `asks for ${name} as ${range}`,
      remedy: name.startsWith("@millrace/")
        ? "use workspace:^ (or workspace:* where it is private)"
        : "pin it in pnpm-workspace.yaml and use catalog:",
    }));
}

function engineProblems(workspace: Workspace, { folder, manifest }: Member): Finding[] {
  const range = manifest.engines?.node ?? "*";
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).flatMap((name) => {
    const installed = workspace.installed(folder, name);
    const where = `${folder}/package.json`;
    if (installed === undefined) return [{ where, problem: `${name} is not installed`, remedy: "run pnpm install" }];
    const needed = installed.engines?.node ?? "*";
    const missing = nodeLines.filter((version) => semver.satisfies(version, range) && !semver.satisfies(version, needed));
    if (missing.length === 0) return [];
    return [
      {
        where,
        problem: `runs on Node ${missing.join(", ")}, but ${name} asks for ${needed}`,
        remedy: "choose another version, or raise engines.node",
      },
    ];
  });
}
