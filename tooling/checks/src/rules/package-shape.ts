import { apiEntries } from "../api-report/api-entries.ts";
import { exportedErrorClasses } from "../model/error-classes.ts";
import type { Finding, Rule } from "../model/finding.ts";
import { readIndexFile, sortKey } from "../model/index-file.ts";
import { filesOf, type Member, type Workspace } from "../model/workspace.ts";

const mostNames = 60;
/** Entries for two kinds of readers: users of the client, and those who write a driver under it, whose port is half of the names. */
const mostNamesOf: Readonly<Record<string, number>> = { "packages/kafka/src/index.ts": 100 };
const mostReadmeLines = 120;
/**
 * Each format of serdes brings a library of its own, which is loaded with its entry only; systems that config takes the place of have theirs; tests of the
 * runtime's users need a driver that nobody else does.
 */
const mostEntriesOf: Readonly<Record<string, number>> = { serdes: 7, config: 3, runtime: 3 };
/** Any package may have these: its section of a configuration, its checks for the doctor, the suite of its port. */
const usualEntries: readonly string[] = ["./config", "./checks", "./conformance"];

/** Every package has the same files and the same kind of manifest, tsconfig and entry file; every app a README and a test. */
export const packageShape: Rule = {
  name: "package-shape",
  find: (workspace) =>
    workspace.members.flatMap((member) => {
      if (member.kind === "apps") return appProblems(workspace, member);
      if (member.kind !== "packages") return [];
      return [
        ...fileProblems(workspace, member),
        ...manifestProblems(member),
        ...tsconfigProblems(workspace, member),
        ...readmeProblems(workspace, member),
        ...entryProblems(workspace, member),
      ];
    }),
};

function appProblems(workspace: Workspace, member: Member): Finding[] {
  const findings: Finding[] = [];
  if (!workspace.files.has(`${member.folder}/README.md`))
    findings.push({ where: member.folder, problem: "has no README.md", remedy: "write one" });
  if (filesOf(workspace, member, (path) => path.endsWith(".test.ts")).length === 0) {
    findings.push({ where: member.folder, problem: "has no test", remedy: "add one that runs the app" });
  }
  return findings;
}

function fileProblems(workspace: Workspace, member: Member): Finding[] {
  const reports = apiEntries(member.noun, member.manifest).map(({ report }) => report);
  const needed = ["README.md", "CHANGELOG.md", "tsconfig.json", "src/index.ts"];
  if (exportedErrorClasses(workspace, member).length > 0) needed.push("src/errors.test.ts");
  const missing = (file: string): boolean => !workspace.files.has(`${member.folder}/${file}`);
  const stale = filesOf(workspace, member, (path) => path.startsWith("etc/") && !reports.includes(path));
  return [
    ...needed
      .filter(missing)
      .map((file) => ({ where: member.folder, problem: `has no ${file}`, remedy: "add it; packages/core has one to go by" })),
    ...reports.filter(missing).map((file) => ({ where: member.folder, problem: `has no ${file}`, remedy: "run `pnpm api:report`" })),
    ...stale.map(([where]) => ({ where, problem: "is the report of no entry", remedy: "run `pnpm api:report`, which removes it" })),
  ];
}

function manifestProblems({ folder, noun, manifest }: Member): Finding[] {
  const findings: Finding[] = [];
  const expect = (right: boolean, problem: string, remedy: string): void => {
    if (!right) findings.push({ where: `${folder}/package.json`, problem, remedy });
  };
  expect(manifest.name === `@millrace/${noun}`, `is named ${manifest.name}`, `name it @millrace/${noun}, after its folder`);
  expect(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(manifest.version ?? ""), `has version ${manifest.version}`, "give it a semantic version");
  expect((manifest.description ?? "") !== "", "has no description", "write one sentence");
  expect(manifest.license === "Apache-2.0", `has license ${manifest.license}`, 'set "license": "Apache-2.0"');
  expect(manifest.type === "module", `has type ${manifest.type}`, 'set "type": "module"');
  expect(manifest.private !== true, "is private", "packages are published; private ones belong to apps or tooling");
  expect(manifest.sideEffects === false, "does not say that it has no side effects", 'set "sideEffects": false');
  expect(manifest.engines?.node === ">=22.22", `has engines.node ${manifest.engines?.node}`, 'set it to ">=22.22"');
  expect(manifest.publishConfig?.access === "public", "is not published publicly", 'set publishConfig.access to "public"');
  for (const file of ["dist", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE"]) {
    expect(manifest.files?.includes(file) === true, `files leaves out ${file}`, "add it to files");
  }
  const entries = Object.entries(manifest.exports ?? {}).filter(([subpath]) => subpath !== "./package.json");
  expect(
    entries.some(([subpath]) => subpath === "."),
    'exports has no "."',
    "export src/index.ts",
  );
  const mostEntries = mostEntriesOf[noun] ?? 2;
  const ownEntries = entries.filter(([subpath]) => !usualEntries.includes(subpath));
  expect(
    ownEntries.length <= mostEntries,
    `exports has ${ownEntries.length} entries`,
    `keep ".", and at most ${mostEntries - 1} more beside "./package.json" and ${usualEntries.join(", ")}`,
  );
  const published: Record<string, unknown> = {};
  for (const [subpath, conditions] of entries) {
    const stem = subpath === "." ? "index" : `${subpath.slice(2)}/index`;
    const built = { types: `./dist/${stem}.d.ts`, default: `./dist/${stem}.js` };
    const right = { "@millrace/source": `./src/${stem}.ts`, ...built };
    published[subpath] = built;
    expect(isSame(conditions, right), `exports "${subpath}" has other conditions, or another order`, `set it to ${JSON.stringify(right)}`);
  }
  published["./package.json"] = "./package.json";
  expect(manifest.exports?.["./package.json"] === "./package.json", 'exports has no "./package.json"', "add it, last");
  expect(
    isSame(manifest.publishConfig?.exports, published),
    "publishConfig.exports differs from exports",
    `set it to ${JSON.stringify(published)}`,
  );
  return findings;
}

function tsconfigProblems(workspace: Workspace, { folder, manifest }: Member): Finding[] {
  const where = `${folder}/tsconfig.json`;
  const text = workspace.files.get(where);
  if (text === undefined) return [];
  const config = JSON.parse(text) as { extends?: string; exclude?: string[]; references?: { path: string }[] };
  const findings: Finding[] = [];
  if (config.extends !== "../../tooling/tsconfig/base.json") {
    findings.push({ where, problem: `extends ${config.extends}`, remedy: "extend ../../tooling/tsconfig/base.json" });
  }
  if (config.exclude?.includes("src/**/*.test.ts") !== true) {
    findings.push({ where, problem: "builds the tests too", remedy: 'add "src/**/*.test.ts" to exclude' });
  }
  const wanted = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    .filter((name) => name.startsWith("@millrace/"))
    .map((name) => name.replace("@millrace/", "../"))
    .sort();
  const actual = (config.references ?? []).map(({ path }) => path).sort();
  if (!isSame(actual, wanted)) {
    findings.push({
      where,
      problem: `references ${actual.join(", ") || "nothing"}`,
      remedy: `reference its workspace dependencies: ${wanted.join(", ") || "none"}`,
    });
  }
  return findings;
}

function readmeProblems(workspace: Workspace, member: Member): Finding[] {
  const where = `${member.folder}/README.md`;
  const text = workspace.files.get(where);
  if (text === undefined) return [];
  const findings: Finding[] = [];
  const lines = text.trimEnd().split("\n").length;
  if (lines > mostReadmeLines)
    findings.push({ where, problem: `has ${lines} lines`, remedy: `keep it to ${mostReadmeLines}; the rest belongs to docs/` });
  const hasErrors = exportedErrorClasses(workspace, member).length > 0;
  const parts: readonly (readonly [string, RegExp])[] = [
    ["a title with the package's name", new RegExp(`^# @millrace/${member.noun}$`, "m")],
    ["an install command", new RegExp(`npm install .*@millrace/${member.noun}\\b`)],
    ["a program in a ```ts block", /^```ts$/m],
    ["a section on options", /^## .*\boptions?\b/im],
    ...(hasErrors ? ([["a section on errors", /^## .*\berrors?\b/im]] as const) : []),
    ["a section on guarantees", /^## .*\bguarantee/im],
    ["a link to read on, at its end", /\]\((?![\s\S]*^## .*\bguarantee)/im],
  ];
  const lacking: string[] = [];
  let last = -1;
  for (const [part, pattern] of parts) {
    const index = text.search(pattern);
    if (index < 0) lacking.push(part);
    else if (index < last)
      findings.push({ where, problem: `has ${part} too early`, remedy: "order: install, program, options, errors, guarantees, links" });
    last = Math.max(last, index);
  }
  if (lacking.length > 0) findings.push({ where, problem: `lacks ${lacking.join(", ")}`, remedy: "add what is missing" });
  return findings;
}

function entryProblems(workspace: Workspace, member: Member): Finding[] {
  return filesOf(workspace, member, (path) => /^src\/([\w-]+\/)?index\.ts$/.test(path)).flatMap(([where, text]) => {
    const { reexports, rest } = readIndexFile(text);
    const findings: Finding[] = [];
    if (rest !== "")
      findings.push({
        where,
        problem: `holds more than named re-exports: ${rest.split("\n")[0]}`,
        remedy: "move it into a file of its own",
      });
    if (reexports.length === 0) findings.push({ where, problem: "exports nothing", remedy: "re-export what users need" });
    const specifiers = reexports.map(({ specifier }) => specifier);
    // What stands further up comes first, as the formatter wants it.
    const place = (specifier: string): string => `${specifier.startsWith("../") ? 0 : 1}${sortKey(specifier)}`;
    const sorted = specifiers.toSorted((one, other) => (place(one) < place(other) ? -1 : 1));
    const wrong = specifiers.findIndex((specifier, index) => specifier !== sorted[index]);
    if (wrong >= 0)
      findings.push({ where, problem: `is not in alphabetical order at ${specifiers[wrong]}`, remedy: `put ${sorted[wrong]} there` });
    const names = reexports.reduce((sum, reexport) => sum + reexport.names.length, 0);
    const most = mostNamesOf[where] ?? mostNames;
    if (names > most)
      findings.push({
        where,
        problem: `exports ${names} names`,
        remedy: `aim for 40, stay under ${most + 1}: group them, or keep some inside`,
      });
    return findings;
  });
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
