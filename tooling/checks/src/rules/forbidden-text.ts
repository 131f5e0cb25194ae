import type { Finding, Rule } from "../model/finding.ts";

interface Forbidden {
  readonly pattern: RegExp;
  readonly applies: (path: string) => boolean;
  readonly problem: string;
  readonly remedy: string;
  /** Look at code only, not at comments. */
  readonly codeOnly?: boolean;
}

// Put together from parts, so that this file does not hold what it looks for.
const either = (...words: readonly (readonly string[])[]): string => words.map((parts) => parts.join("").replaceAll(".", "\\.")).join("|");
const registryHosts = either(
  ["registry.", "npmjs.org"],
  ["registry.", "yarnpkg.com"],
  ["registry.", "npmmirror.com"],
  ["npm.", "pkg.github.com"],
  ["repo1.", "maven.org"],
  ["repo.", "maven.apache.org"],
  ["packages.", "confluent.io"],
);
const leftovers = either(["TO", "DO"], ["FIX", "ME"], ["XX", "X"]);

const isCode = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);
const isText = (path: string): boolean =>
  isCode(path) || /\.(md|json|ya?ml|sh|html|css|java|xml|properties)$/.test(path) || !/\.\w+$/.test(path);

const forbidden: readonly Forbidden[] = [
  {
    pattern: /\bprocess\.env\b|\bimport\.meta\.env\b/,
    applies: (path) =>
      isCode(path) && /^(packages|apps)\//.test(path) && !path.startsWith("packages/config/") && !/^apps\/[^/]+\/src\/main\.ts$/.test(path),
    codeOnly: true,
    problem: "reads the environment",
    remedy: "take the value as an option; only packages/config and an app's main read the environment",
  },
  {
    // A module or folder of that name inside a package may be imported.
    pattern: new RegExp(`(?<!\\bfrom "[./]*)(?:${either(["../", "shared"])})(?![\\w-])`),
    applies: isText,
    problem: "points outside the repository",
    remedy: "say here what needs saying",
  },
  {
    pattern: new RegExp(`(?<![\\w.:/])/(?:${either(["wo", "rk"], ["ro", "ot"], ["ho", "me/\\w+"], ["Us", "ers/\\w+"])})/`),
    applies: isText,
    problem: "holds a path of one machine",
    remedy: "use a relative path",
  },
  {
    pattern: new RegExp(registryHosts),
    applies: (path) => isText(path),
    problem: "names a package registry's host",
    remedy: "let the package manager's own settings say where packages come from",
  },
  {
    pattern: /\b(?:test|it|describe|suite|bench)(?:\.\w+)*\.(?:only|todo)\b/,
    applies: isCode,
    codeOnly: true,
    problem: "runs only some tests, or announces one",
    remedy: "remove the modifier, write the test",
  },
  { pattern: new RegExp(`\\b(?:${leftovers})\\b`), applies: isText, problem: "leaves work for later", remedy: "do it, or open an issue" },
];

// A condition on the platform gives its own reason.
const skipped = /\b(?:test|it|describe|suite)(?:\.\w+)*\.(?:skip|skipIf|runIf|fails)\b(?!\(process\.platform)/;

/** No environment, no foreign paths, no registry hosts, no half-run tests, nothing left for later. */
export const forbiddenText: Rule = {
  name: "forbidden-text",
  find: ({ files }) => [...files].flatMap(([path, text]) => findInFile(path, text)),
};

function findInFile(path: string, text: string): Finding[] {
  const findings: Finding[] = [];
  const rules = forbidden.filter(({ applies, pattern }) => applies(path) && pattern.test(text));
  const looksForSkips = isCode(path) && skipped.test(text);
  if (rules.length === 0 && !looksForSkips) return findings;
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const where = `${path}:${index + 1}`;
    for (const { pattern, codeOnly, problem, remedy } of rules) {
      if (pattern.test(line) && !(codeOnly === true && isComment(line))) findings.push({ where, problem, remedy });
    }
    const explained = line.includes("// ") || isComment(lines[index - 1] ?? "");
    if (looksForSkips && skipped.test(line) && !isComment(line) && !explained) {
      findings.push({ where, problem: "leaves tests out without a reason", remedy: "say why in a comment above, or run them" });
    }
  }
  return findings;
}

function isComment(line: string): boolean {
  return /^\s*(\/\/|\/?\*)/.test(line);
}
