import type { ConfigProblem, ConfigWarning } from "./config-error.ts";
import type { AnyConfigSection } from "./config-section.ts";
import { type SourcedValue, type SourceReading, unreadable } from "./config-source.ts";
import { createCopySetting, tooLarge } from "./copy-setting.ts";
import { nearestName } from "./nearest-name.ts";
import { readProperties } from "./read-properties.ts";
import { showValue } from "./redact.ts";
import { parseSettingText } from "./setting-text.ts";
import { findLeaf } from "./setting-tree.ts";

/** Environment variables as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Unknown variables that are looked at; comparing names costs time. */
const mostUnknown = 100;

interface EnvironmentReading extends SourceReading {
  readonly warnings: readonly ConfigWarning[];
}

/**
 * The settings that the environment sets. Each section says which variables there are, and the type of each setting says how its text is read: text stays
 * text ("123" and "true" too), numbers and booleans must be such, a list is cut at its commas. Of several prefixes the first one wins; a section's own
 * variable is stronger than one that is called as a property of Kafka's clients.
 */
export function readEnvironment(
  environment: Environment,
  prefixes: readonly string[],
  sections: readonly AnyConfigSection[],
): EnvironmentReading {
  try {
    return readVariables(environment, prefixes, sections);
  } catch (error) {
    return { settings: new Map(), groups: new Set(), problems: [unreadable("environment", error)], warnings: [] };
  }
}

function readVariables(environment: Environment, prefixes: readonly string[], sections: readonly AnyConfigSection[]): EnvironmentReading {
  const problems: ConfigProblem[] = [];
  const settings = new Map<string, SourcedValue>();
  const known = new Set<string>();
  const textOf = (name: string): string | undefined => {
    known.add(name);
    const text: unknown = Object.hasOwn(environment, name) ? environment[name] : undefined;
    return typeof text === "string" ? text : undefined;
  };
  const copySetting = createCopySetting();

  const readOwn = (section: AnyConfigSection): void => {
    const texts = new Map<string, { readonly name: string; readonly text: string; readonly prefix: string }>();
    for (const prefix of prefixes) {
      for (const [suffix, path] of section.environment) {
        const name = prefix + suffix;
        const text = textOf(name);
        const leaf = findLeaf(section.settings, path.split("."));
        if (text === undefined || leaf === undefined) continue;
        const fullPath = `${section.name}.${path}`;
        const label = `environment ${name}`;
        const other = texts.get(path);
        if (other === undefined) {
          texts.set(path, { name, text, prefix });
          const copied = copySetting(parseSettingText(text, leaf));
          if (copied !== undefined) settings.set(fullPath, { value: copied.copy, kind: "environment", label });
          else problems.push({ path: fullPath, source: label, value: undefined, rule: tooLarge, advice: undefined });
        } else if (other.text !== text && other.prefix === prefix) {
          const rule = `${other.name} sets it to something else`;
          const value = showValue(text, leaf.isSecret);
          problems.push({ path: fullPath, source: label, value, rule, advice: "keep one of the two variables" });
        }
      }
    }
  };

  const readKafkas = (section: AnyConfigSection): void => {
    const given: Record<string, string> = {};
    const names = new Map<string, string>();
    for (const property of section.properties.keys()) {
      for (const prefix of prefixes) {
        const name = prefix + propertyVariable(property);
        const text = textOf(name);
        if (text === undefined || names.has(property)) continue;
        given[property] = text;
        names.set(property, name);
      }
    }
    const read = readProperties(section, given, copySetting);
    for (const { property, rule } of read.problems)
      problems.push({ path: `environment ${names.get(property)}`, source: undefined, value: undefined, rule, advice: undefined });
    for (const [path, { value, property }] of read.settings) {
      const fullPath = `${section.name}.${path}`;
      if (!settings.has(fullPath)) settings.set(fullPath, { value, kind: "environment", label: `environment ${names.get(property)}` });
    }
  };

  for (const section of sections) {
    readOwn(section);
    readKafkas(section);
  }
  return { settings, groups: new Set(), problems, warnings: misspelt(environment, prefixes, known) };
}

/** `linger.ms` as `LINGER_MS`. */
function propertyVariable(property: string): string {
  return property.replaceAll(/[.-]/g, "_").toUpperCase();
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
