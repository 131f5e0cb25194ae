import type { Finding, Rule } from "../model/finding.ts";
import { layers as layerTable, toolingForPackages } from "../model/layer-table.ts";
import type { Member, Workspace } from "../model/workspace.ts";

/** Arrows between workspace members point down, and never in a circle. */
export const layers: Rule = {
  name: "layers",
  find(workspace) {
    return [...workspace.members.flatMap((member) => findWrongArrows(workspace, member)), ...findCycles(workspace)];
  },
};

interface Arrow {
  readonly to: Member;
  /** Whether only tests and tools follow it. */
  readonly development: boolean;
}

function findWrongArrows(workspace: Workspace, member: Member): Finding[] {
  const where = `${member.folder}/package.json`;
  if (member.kind === "packages" && layerTable[member.noun] === undefined) {
    return [{ where, problem: `${member.noun} has no layer`, remedy: "enter it in tooling/checks/src/model/layer-table.ts" }];
  }
  return arrowsOf(workspace, member).flatMap((arrow) => {
    const problem = problemOf(member, arrow);
    return problem === undefined ? [] : [{ where, problem, remedy: "turn the arrow around, or move what both need into a lower package" }];
  });
}

function problemOf(from: Member, { to, development }: Arrow): string | undefined {
  if (to.kind === "apps") return `depends on the app ${to.noun}`;
  if (from.kind !== "packages") return undefined;
  if (to.kind === "tooling") {
    if (development && toolingForPackages.includes(to.manifest.name ?? "")) return undefined;
    return `depends on the tool ${to.noun}; a package may use only ${toolingForPackages.join(" and ")}, and only as devDependencies`;
  }
  if (from.noun === "testing" && to.noun !== "core") return `testing depends on ${to.noun}, but may depend on core only`;
  if (development && to.noun === "testing") return undefined;
  const fromLayer = layerTable[from.noun]!;
  const toLayer = layerTable[to.noun] ?? Number.POSITIVE_INFINITY;
  if (toLayer < fromLayer || (development && toLayer === fromLayer)) return undefined;
  return `${from.noun} (layer ${fromLayer}) ${development ? "is tested with" : "depends on"} ${to.noun} (layer ${toLayer})`;
}

function findCycles(workspace: Workspace): Finding[] {
  const done = new Set<Member>();
  const findings: Finding[] = [];
  const visit = (member: Member, way: readonly Member[]): void => {
    const start = way.indexOf(member);
    if (start >= 0) {
      const cycle = [...way.slice(start), member].map(({ noun }) => noun).join(" -> ");
      findings.push({
        where: `${member.folder}/package.json`,
        problem: `cycle: ${cycle}`,
        remedy: "remove one of these dependencies, devDependencies included",
      });
      return;
    }
    if (done.has(member)) return;
    for (const arrow of arrowsOf(workspace, member)) visit(arrow.to, [...way, member]);
    done.add(member);
  };
  for (const member of workspace.members) visit(member, []);
  return findings;
}

function arrowsOf(workspace: Workspace, member: Member): Arrow[] {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = member.manifest;
  const production = new Set(Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }));
  const named = new Map(workspace.members.map((other) => [other.manifest.name, other]));
  return [...new Set([...production, ...Object.keys(devDependencies ?? {})])].flatMap((name) => {
    const to = named.get(name);
    return to === undefined ? [] : [{ to, development: !production.has(name) }];
  });
}
