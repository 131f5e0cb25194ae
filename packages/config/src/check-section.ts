import type { ConfigProblem, ConfigWarning } from "./config-error.ts";
import type { AnyConfigSection, RuleFinding } from "./config-section.ts";
import { describeProblem, type SectionInput, settingPath, valueAt } from "./describe-problem.ts";
import type { SettingNode } from "./setting-tree.ts";

/** What came out of checking one section. */
export interface CheckedSection {
  /** The section's value with its defaults; undefined when its schema has something against it. */
  readonly value: unknown;
  /** What rules may look at: the settings that are right, and the defaults of those that are not set. */
  readonly usable: unknown;
  readonly problems: readonly ConfigProblem[];
}

const mostIssues = 100;

/** Checks the merged input of a section by its schema. The paths of `wrong` have a problem already, nothing more is said there; new ones are added. */
export function checkSection(given: SectionInput, wrong: Set<string>): CheckedSection {
  const { section, input } = given;
  const problems: ConfigProblem[] = [];
  const found = new Set<string>();
  const checked = checkSafely(section, input);
  if ("issues" in checked) {
    for (const { path, message } of checked.issues.slice(0, mostIssues)) {
      const fullPath = [section.name, ...settingPath(section.settings, path).map(String)].join(".");
      if (!isWrong(wrong, fullPath))
        problems.push(describeProblem(given, path, valueAt(input, path) === undefined ? "is required" : message));
      found.add(fullPath);
    }
  }
  for (const path of found) wrong.add(path);
  const value = "value" in checked ? checked.value : undefined;
  return { value, usable: value ?? usableSettings(section.settings, input, section.name, wrong), problems };
}

/** Sorts what rules found into problems and warnings; findings at wrong settings are dropped. A path begins with the name of its section. */
export function judgeFindings(
  findings: Iterable<RuleFinding>,
  inputs: ReadonlyMap<string, SectionInput>,
  wrong: ReadonlySet<string>,
): { readonly problems: readonly ConfigProblem[]; readonly warnings: readonly ConfigWarning[] } {
  const problems: ConfigProblem[] = [];
  const warnings: ConfigWarning[] = [];
  for (const { path, message, severity = "error" } of findings) {
    if (isWrong(wrong, path)) continue;
    const [name = "", ...rest] = path.split(".");
    const input = inputs.get(name);
    if (severity === "warning") warnings.push({ path, message });
    else if (input === undefined) problems.push({ path, source: undefined, value: undefined, rule: message, advice: undefined });
    else problems.push(describeProblem(input, rest, message));
  }
  return { problems, warnings };
}

/** A setting is also wrong when a group around it is. */
function isWrong(wrong: ReadonlySet<string>, path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) if (wrong.has(path.slice(0, end))) return true;
  return false;
}

/** What a program gives may be a proxy that throws when it is looked at. */
function checkSafely(section: AnyConfigSection, input: unknown): ReturnType<AnyConfigSection["check"]> {
  try {
    return section.check(input);
  } catch {
    return { issues: [{ path: [], message: "cannot be read: reading it throws" }] };
  }
}

function usableSettings(node: SettingNode, input: unknown, path: string, wrong: ReadonlySet<string>): unknown {
  if (node.kind === "leaf") return isWrong(wrong, path) ? undefined : (input ?? node.fallback);
  if (input === undefined) return undefined;
  const usable: Record<string, unknown> = {};
  for (const [name, child] of node.children) {
    const value = usableSettings(child, (input as Record<string, unknown>)[name], `${path}.${name}`, wrong);
    if (value !== undefined) usable[name] = value;
  }
  return usable;
}
