import type { ConfigProblem } from "./config-error.ts";
import type { ConfigSource } from "./config-source.ts";
import { nearestName } from "./nearest-name.ts";
import { showValue } from "./redact.ts";
import type { SettingGroup } from "./setting-tree.ts";

/** Unknown names of one group that are reported one by one. */
const mostUnknown = 20;

/** What the sources give together. */
export interface Merged {
  readonly value: Record<string, unknown>;
  /** The source of each setting, by its path. */
  readonly sources: Map<string, ConfigSource>;
  readonly problems: ConfigProblem[];
}

interface Given {
  readonly source: ConfigSource;
  readonly value: unknown;
}

/**
 * Merges the sources of a group, the strongest first, along the declared settings: groups are merged, a setting (a list too) is taken whole from the
 * strongest source that has it. Null and undefined are "not set". Only declared names are ever copied, so nothing in the input reaches a prototype.
 */
export function mergeSources(group: SettingGroup, path: readonly string[], sources: readonly ConfigSource[]): Merged {
  const merged: Merged = { value: {}, sources: new Map(), problems: [] };
  mergeGroup(
    group,
    path,
    sources.map((source) => ({ source, value: source.root })),
    merged.value,
    merged,
  );
  return merged;
}

function mergeGroup(
  group: SettingGroup,
  path: readonly string[],
  given: readonly Given[],
  target: Record<string, unknown>,
  merged: Merged,
): void {
  const groups = given.filter(({ source, value }) => {
    if (isGroup(value)) return true;
    merged.problems.push(wrongShape(path, source, value));
    return false;
  });
  for (const { source, value } of groups) reportUnknown(group, path, source, value as object, merged);
  for (const [name, child] of group.children) {
    const childPath = [...path, name];
    const set: Given[] = [];
    for (const { source, value } of groups) {
      const childValue = Object.hasOwn(value as object, name) ? (value as Record<string, unknown>)[name] : undefined;
      if (childValue !== undefined && childValue !== null) set.push({ source, value: childValue });
    }
    const [strongest] = set;
    if (child.kind === "group") {
      if (strongest === undefined && !child.isRequired) continue;
      const inner: Record<string, unknown> = {};
      target[name] = inner;
      mergeGroup(child, childPath, set, inner, merged);
    } else if (strongest !== undefined) {
      target[name] = strongest.value;
      merged.sources.set(childPath.join("."), strongest.source);
    }
  }
}

function isGroup(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrongShape(path: readonly string[], source: ConfigSource, value: unknown): ConfigProblem {
  const name = path.join(".");
  return {
    path: name === "" ? source.kind : name,
    source: source.label(name),
    // Whatever stands here, it is not where it belongs: it may be a secret.
    value: Array.isArray(value) ? "a list" : `a ${typeof value}`,
    rule: "must be a group of settings",
    advice: undefined,
  };
}

function reportUnknown(group: SettingGroup, path: readonly string[], source: ConfigSource, value: object, merged: Merged): void {
  const unknown = Object.keys(value).filter((name) => !group.children.has(name));
  for (const name of unknown.slice(0, mostUnknown)) {
    const near = nearestName(name, group.children.keys());
    const known = [...group.children.keys()].join(", ");
    merged.problems.push({
      path: [...path, showName(name)].join("."),
      source: source.label([...path, name].join(".")),
      value: undefined,
      rule: "there is no such setting",
      advice: near === undefined ? `known here: ${known}` : `did you mean ${[...path, near].join(".")}?`,
    });
  }
  if (unknown.length > mostUnknown) {
    merged.problems.push({
      path: path.join(".") || source.kind,
      source: source.label(path.join(".")),
      value: undefined,
      rule: `there are ${unknown.length - mostUnknown} more names that are no settings`,
      advice: undefined,
    });
  }
}

function showName(name: string): string {
  return /^[\w-]{1,64}$/.test(name) ? name : showValue(name, false);
}
