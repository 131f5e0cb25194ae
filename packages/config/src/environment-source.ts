import type { ConfigProblem, ConfigWarning } from "./config-error.ts";
import type { AnyConfigSection } from "./config-section.ts";
import type { ConfigSource } from "./config-source.ts";
import { nearestName } from "./nearest-name.ts";
import { showValue } from "./redact.ts";
import { findLeaf, type SettingLeaf } from "./setting-tree.ts";

/** Environment variables as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Unknown variables that are looked at; comparing names costs time. */
const mostUnknown = 100;

interface Variable {
  readonly name: string;
  readonly text: string;
}

/**
 * The settings that the environment sets. Each section says which variables there are, and the type of each setting says how its text is read: text stays
 * text ("123" and "true" too), numbers and booleans must be such, a list is cut at its commas. Of several prefixes the first one wins.
 */
export function readEnvironment(
  environment: Environment,
  prefixes: readonly string[],
  sections: readonly AnyConfigSection[],
): { readonly source: ConfigSource; readonly problems: readonly ConfigProblem[]; readonly warnings: readonly ConfigWarning[] } {
  const problems: ConfigProblem[] = [];
  const root: Record<string, Record<string, unknown>> = {};
  const variables = new Map<string, Variable>();
  const known = new Set<string>();
  for (const section of sections) {
    for (const [suffix, path] of section.environment) {
      const fullPath = `${section.name}.${path}`;
      const leaf = findLeaf(section.settings, path.split("."));
      for (const prefix of prefixes) {
        const name = prefix + suffix;
        known.add(name);
        const text = Object.hasOwn(environment, name) ? environment[name] : undefined;
        if (typeof text !== "string" || leaf === undefined) continue;
        const other = variables.get(fullPath);
        if (other === undefined) {
          variables.set(fullPath, { name, text });
          setPath(root, [section.name, ...path.split(".")], parseText(text, leaf));
        } else if (other.text !== text && other.name.startsWith(prefix)) {
          problems.push({
            path: fullPath,
            source: `environment ${name}`,
            value: showValue(text, leaf.isSecret),
            rule: `${other.name} sets it to something else`,
            advice: "keep one of the two variables",
          });
        }
      }
    }
  }
  const label = (path: string): string => {
    const variable = variables.get(path);
    return variable === undefined ? "environment" : `environment ${variable.name}`;
  };
  return { source: { kind: "environment", root, label }, problems, warnings: misspelt(environment, prefixes, known) };
}

/** The value that a variable's text stands for; text that does not fit stays text, and the schema will say so. */
function parseText(text: string, leaf: SettingLeaf): unknown {
  const trimmed = text.trim();
  switch (leaf.type) {
    case "string":
      return text;
    case "number":
      return parseNumber(trimmed) ?? text;
    case "boolean": {
      const word = trimmed.toLowerCase();
      return word === "true" ? true : word === "false" ? false : text;
    }
    case "list":
      return items(text);
    case "number-list":
      return items(text).map((item) => parseNumber(item) ?? item);
    case "json":
      // A choice between types, or a map: JSON where it is JSON, else text.
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
  }
}

function parseNumber(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function items(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function setPath(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let group = root;
  for (const name of path.slice(0, -1)) {
    group[name] ??= {};
    group = group[name] as Record<string, unknown>;
  }
  group[path.at(-1) as string] = value;
}

/** Variables with one of the prefixes are often meant for something else, so an unknown one is worth a word only when it nearly has a known name. */
function misspelt(environment: Environment, prefixes: readonly string[], known: ReadonlySet<string>): readonly ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  let unknown = 0;
  for (const name of Object.keys(environment)) {
    if (known.has(name) || !prefixes.some((prefix) => name.startsWith(prefix))) continue;
    if (unknown++ === mostUnknown) break;
    const near = nearestName(name, known, 2);
    if (near !== undefined)
      warnings.push({ path: `environment ${name.slice(0, 80)}`, message: `is not known and has no effect; did you mean ${near}?` });
  }
  return warnings;
}
