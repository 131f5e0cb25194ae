import { isDeepStrictEqual } from "node:util";
import { InvalidOptionsError } from "@millrace/core";
import type { ConfigProblem } from "./config-error.ts";
import type { AnyConfigSection } from "./config-section.ts";
import type { SourcedValue, SourceKind, SourceReading } from "./config-source.ts";
import { type CopySetting, createCopySetting, tooLarge } from "./copy-setting.ts";
import { knownProperty } from "./kafka-property.ts";
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
    if (!isGroup(root)) reading.problems.push(wrongShape([], root, reading));
    else {
      // Editors find the JSON Schema of a file by this key.
      reportUnknown([], root, kind === "file" ? [...names, "$schema"] : names, names, reading);
      for (const section of sections) readSection(section, ownValue(root, section.name), reading);
    }
    return reading;
  } catch (error) {
    // A mistake in a section, not in the tree.
    if (InvalidOptionsError.is(error)) throw error;
    const problem = {
      path: kind,
      source: undefined,
      value: undefined,
      rule: "cannot be read: reading it throws",
      advice: "give plain data",
    };
    return { settings: new Map(), groups: new Set(), problems: [problem] };
  }
}

function readSection(section: AnyConfigSection, value: unknown, reading: Reading): void {
  if (value === undefined || value === null || section.settings.kind === "leaf") return;
  const children = section.settings.children;
  const properties: Record<string, unknown> = {};
  if (isGroup(value)) {
    for (const name of Object.keys(value))
      if (!children.has(name) && knownProperty(section.properties, name) !== undefined) properties[name] = ownValue(value, name);
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

function isGroup(value: unknown): value is object {
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
  const unknown = Object.keys(value).filter((name) => !expected.has(name));
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
    problems.push({
      path: path.join(".") || kind,
      source: label,
      value: undefined,
      rule: `there are ${unknown.length - mostUnknown} more names that are no settings`,
      advice: undefined,
    });
  }
}
