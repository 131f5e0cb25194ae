import type { ConfigProblem } from "./config-error.ts";
import type { AnyConfigSection } from "./config-section.ts";
import type { SourcedValue } from "./config-source.ts";
import { showName, showValue } from "./redact.ts";
import { findLeaf, type SettingNode } from "./setting-tree.ts";

/** What is known about the values of a section. */
export interface SectionInput {
  readonly section: AnyConfigSection;
  /** What the sources give together. */
  readonly input: unknown;
  /** Where settings came from, by their paths: `connection.brokers`. */
  readonly origins: ReadonlyMap<string, SourcedValue>;
  /** The prefix of variables that advice names. */
  readonly prefix: string;
}

/** A problem with the value at a path within a section: what it is, where it came from, what to do. */
export function describeProblem(
  { section, input, origins, prefix }: SectionInput,
  path: readonly PropertyKey[],
  rule: string,
): ConfigProblem {
  const fullPath = [section.name, ...path.map((name) => showName(String(name)))].join(".");
  const leaf = findLeaf(section.settings, path);
  const value = valueAt(input, path);
  const description = leaf?.description;
  if (value === undefined) {
    const variable = variableOf(section, path, prefix);
    const where = variable === undefined ? fullPath : `${fullPath}, or ${variable} in the environment`;
    const advice = leaf === undefined ? undefined : `set ${where}${description === undefined ? "" : `: ${description}`}`;
    return { path: fullPath, source: undefined, value: undefined, rule, advice };
  }
  const origin = origins.get([section.name, ...settingPath(section.settings, path).map(String)].join("."));
  const meaning = description === undefined ? undefined : `meaning: ${description}`;
  const needsQuotes = origin?.kind === "file" && leaf?.type === "string" && (typeof value === "number" || typeof value === "boolean");
  return {
    path: fullPath,
    source: origin?.label,
    // A value inside a list or map belongs to that setting; where there is no setting, nobody knows whether it is a secret.
    value: showValue(value, leaf?.isSecret ?? true),
    rule,
    advice: needsQuotes ? "put it in quotes" : meaning,
  };
}

/** The part of a path that leads to a setting: an issue may lie deeper, in an item of a list. */
export function settingPath(settings: SettingNode, path: readonly PropertyKey[]): readonly PropertyKey[] {
  let node: SettingNode | undefined = settings;
  let length = 0;
  while (node?.kind === "group" && length < path.length) node = node.children.get(String(path[length++]));
  return path.slice(0, length);
}

/** The value at a path, or undefined; only own properties are followed. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
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
