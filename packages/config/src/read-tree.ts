import { isDeepStrictEqual } from "node:util";
import type { ConfigProblem } from "./config-error.ts";
import type { AnyConfigSection } from "./config-section.ts";
import { type SourcedValue, type SourceKind, type SourceReading, unreadable } from "./config-source.ts";
import { type CopySetting, createCopySetting, tooLarge } from "./copy-setting.ts";
import { spellingsOf } from "./kafka-property.ts";
import { nearestName } from "./nearest-name.ts";
import { readProperties } from "./read-properties.ts";
import { showName, showValue } from "./redact.ts";
import { findLeaf, type SettingGroup } from "./setting-tree.ts";

/** Unknown names of one group that are reported one by one. */
const mostUnknown = 20;

interface Reading extends SourceReading {
  readonly kind: SourceKind;
  readonly label: string;
  readonly copySetting: CopySetting;
  readonly settings: Map<string, SourcedValue>;
  readonly groups: Set<string>;
  readonly problems: ConfigProblem[];
}

/**
 * Reads a tree of values along the declared settings. Null and undefined are "not set". Only declared names are ever copied, so nothing in the input reaches a
 * prototype, and a tree that throws when it is read (a getter, a proxy) is a source that cannot be used.
 */
export function readTree(kind: SourceKind, label: string, root: unknown, sections: readonly AnyConfigSection[]): SourceReading {
  const reading: Reading = { kind, label, copySetting: createCopySetting(), settings: new Map(), groups: new Set(), problems: [] };
  try {
    const names = sections.map((section) => section.name);
    if (root === null) return reading;
    if (!isGroup(root)) reading.problems.push(wrongShape([], root, reading));
    else {
      // Editors find the JSON Schema of a file by this key.
      reportUnknown([], root, kind === "file" ? [...names, "$schema"] : names, names, reading);
      for (const section of sections) readSection(section, ownValue(root, section.name), reading);
    }
    return reading;
  } catch (error) {
    return { settings: new Map(), groups: new Set(), problems: [unreadable(kind, error)] };
  }
}

function readSection(section: AnyConfigSection, value: unknown, reading: Reading): void {
  if (value === undefined || value === null || section.settings.kind === "leaf") return;
  const properties: Record<string, unknown> = {};
  if (isGroup(value)) {
    for (const property of section.properties.keys()) {
      for (const name of spellingsOf(property))
        if (!section.settings.children.has(name) && Object.hasOwn(value, name)) properties[name] = ownValue(value, name);
    }
  }
  readGroup(section.settings, [section.name], value, reading, Object.keys(properties));
  readSectionProperties(section, properties, reading);
}

/** Kafka's own names in a section: another spelling of its settings. */
function readSectionProperties(section: AnyConfigSection, properties: Readonly<Record<string, unknown>>, reading: Reading): void {
  const { settings, problems } = readProperties(section, properties, reading.copySetting);
  for (const { property, rule } of problems) {
    reading.problems.push({ path: `${section.name}.${property}`, source: reading.label, value: undefined, rule, advice: undefined });
  }
  for (const [path, { value, property }] of settings) {
    const fullPath = `${section.name}.${path}`;
    const label = `${reading.label} (${property})`;
    const other = reading.settings.get(fullPath);
    if (other === undefined) reading.settings.set(fullPath, { value, kind: reading.kind, label });
    else if (!isDeepStrictEqual(other.value, value)) {
      const shown = showValue(value, findLeaf(section.settings, path.split("."))?.isSecret ?? true);
      const rule = `${other.label} sets it to something else`;
      reading.problems.push({ path: fullPath, source: label, value: shown, rule, advice: "keep one of the two names" });
    }
  }
}

function readGroup(group: SettingGroup, path: readonly string[], value: unknown, reading: Reading, properties: readonly string[]): void {
  if (!isGroup(value)) {
    reading.problems.push(wrongShape(path, value, reading));
    return;
  }
  reading.groups.add(path.join("."));
  const known = [...group.children.keys()];
  reportUnknown(path, value, [...known, ...properties], known, reading);
  for (const [name, child] of group.children) {
    const childValue = ownValue(value, name);
    if (childValue === undefined || childValue === null) continue;
    const childPath = [...path, name];
    if (child.kind === "group") readGroup(child, childPath, childValue, reading, []);
    else {
      const copied = reading.copySetting(childValue);
      const fullPath = childPath.join(".");
      if (copied !== undefined) reading.settings.set(fullPath, { value: copied.copy, kind: reading.kind, label: reading.label });
      else reading.problems.push({ path: fullPath, source: reading.label, value: undefined, rule: tooLarge, advice: undefined });
    }
  }
}

/** Whether a value can hold settings. */
export function isGroup(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function ownValue(group: object, name: string): unknown {
  return Object.hasOwn(group, name) ? (group as Record<string, unknown>)[name] : undefined;
}

function wrongShape(path: readonly string[], value: unknown, { kind, label }: Reading): ConfigProblem {
  return {
    path: path.join(".") || kind,
    source: label,
    // Whatever stands here, it is not where it belongs: it may be a secret.
    value: Array.isArray(value) ? "a list" : `a ${typeof value}`,
    rule: "must be a group of settings",
    advice: undefined,
  };
}

function reportUnknown(
  path: readonly string[],
  value: object,
  allowed: readonly string[],
  known: readonly string[],
  { kind, label, problems }: Reading,
): void {
  const expected = new Set(allowed);
  const names = Object.keys(value);
  const unknown: string[] = [];
  for (const name of names) {
    if (unknown.length > mostUnknown) break;
    if (!expected.has(name)) unknown.push(name);
  }
  for (const name of unknown.slice(0, mostUnknown)) {
    const near = nearestName(name, known);
    problems.push({
      path: [...path, showName(name)].join("."),
      source: label,
      value: undefined,
      rule: "there is no such setting",
      advice: near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${[...path, near].join(".")}?`,
    });
  }
  if (unknown.length > mostUnknown) {
    const others = names.length - mostUnknown - allowed.filter((name) => Object.hasOwn(value, name)).length;
    problems.push({
      path: path.join(".") || kind,
      source: label,
      value: undefined,
      rule: `there are ${others} more names that are no settings`,
      advice: undefined,
    });
  }
}
