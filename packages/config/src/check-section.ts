import type { ConfigProblem, ConfigWarning } from "./config-error.ts";
import type { AnyConfigSection } from "./config-section.ts";
import type { SourcedValue } from "./config-source.ts";
import { showValue } from "./redact.ts";
import { findLeaf, type SettingNode } from "./setting-tree.ts";

/** What came out of checking one section. */
export interface CheckedSection {
  /** The section's value with its defaults; undefined when there are problems. */
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigWarning[];
}

const mostIssues = 100;

/**
 * Checks the merged input of a section by its schema and its rules. `hasProblem` says where a problem is known already; nothing more is said there.
 */
export function checkSection(
  section: AnyConfigSection,
  input: unknown,
  context: {
    readonly origins: ReadonlyMap<string, SourcedValue>;
    readonly prefix: string;
    readonly hasProblem: (path: string) => boolean;
  },
): CheckedSection {
  const problems: ConfigProblem[] = [];
  const warnings: ConfigWarning[] = [];
  const wrong = new Set<string>();
  // A setting is also wrong when a group around it is.
  const isWrong = (path: string): boolean => {
    for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
      const outer = path.slice(0, end);
      if (wrong.has(outer) || context.hasProblem(outer)) return true;
    }
    return false;
  };

  const describe = (path: readonly PropertyKey[], message: string): ConfigProblem => {
    const fullPath = [section.name, ...path.map(String)].join(".");
    const settingName = [section.name, ...settingPath(section.settings, path).map(String)].join(".");
    const leaf = findLeaf(section.settings, path);
    const value = valueAt(input, path);
    const description = leaf?.description;
    if (value === undefined) {
      const variable = variableOf(section, path, context.prefix);
      const where = variable === undefined ? fullPath : `${fullPath}, or ${variable} in the environment`;
      return {
        path: fullPath,
        source: undefined,
        value: undefined,
        rule: message,
        advice: leaf === undefined ? undefined : `set ${where}${description === undefined ? "" : `: ${description}`}`,
      };
    }
    return {
      path: fullPath,
      source: context.origins.get(settingName)?.label,
      // A value inside a list or map belongs to that setting; where there is no setting, nobody knows whether it is a secret.
      value: showValue(value, leaf?.isSecret ?? true),
      rule: message,
      advice: description === undefined ? undefined : `meaning: ${description}`,
    };
  };

  const checked = checkSafely(section, input);
  if ("issues" in checked) {
    for (const { path, message } of checked.issues.slice(0, mostIssues)) {
      const setting = settingPath(section.settings, path).join(".");
      const fullPath = setting === "" ? section.name : `${section.name}.${setting}`;
      if (!isWrong(fullPath) || wrong.has(fullPath))
        problems.push(describe(path, valueAt(input, path) === undefined ? "is required" : message));
      wrong.add(fullPath);
    }
  }
  const settings = "value" in checked ? checked.value : usableSettings(section.settings, input, [section.name], isWrong);
  for (const { path, message, severity = "error" } of section.findings(settings)) {
    const fullPath = `${section.name}.${path}`;
    if (isWrong(fullPath)) continue;
    if (severity === "warning") warnings.push({ path: fullPath, message });
    else problems.push(describe(path.split("."), message));
  }
  return { value: problems.length === 0 && "value" in checked ? checked.value : undefined, problems, warnings };
}

/** What a program gives may be a proxy that throws when it is looked at. */
function checkSafely(section: AnyConfigSection, input: unknown): ReturnType<AnyConfigSection["check"]> {
  try {
    return section.check(input);
  } catch {
    return { issues: [{ path: [], message: "cannot be read: reading it throws" }] };
  }
}

/** What rules may look at: the settings that are right, and the defaults of those that are not set. */
function usableSettings(node: SettingNode, input: unknown, path: readonly string[], isWrong: (path: string) => boolean): unknown {
  if (node.kind === "leaf") return isWrong(path.join(".")) ? undefined : (input ?? node.fallback);
  if (input === undefined) return undefined;
  const usable: Record<string, unknown> = {};
  for (const [name, child] of node.children) {
    const value = usableSettings(child, (input as Record<string, unknown>)[name], [...path, name], isWrong);
    if (value !== undefined) usable[name] = value;
  }
  return usable;
}

/** The part of a path that leads to a setting: an issue may lie deeper, in an item of a list. */
function settingPath(settings: SettingNode, path: readonly PropertyKey[]): readonly PropertyKey[] {
  let node: SettingNode | undefined = settings;
  let length = 0;
  while (node?.kind === "group" && length < path.length) node = node.children.get(String(path[length++]));
  return path.slice(0, length);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[name];
  }
  return value;
}

function variableOf(section: AnyConfigSection, path: readonly PropertyKey[], prefix: string): string | undefined {
  for (const [variable, variablePath] of section.environment) if (variablePath === path.join(".")) return prefix + variable;
  return undefined;
}
