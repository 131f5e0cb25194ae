import type { ConfigProblem, ConfigWarning } from "./config-error.ts";
import type { AnyConfigSection } from "./config-section.ts";
import type { SourcedValue, SourceReading } from "./config-source.ts";
import { nearestName } from "./nearest-name.ts";
import { readProperties } from "./read-properties.ts";
import { showValue } from "./redact.ts";
import { parseSettingText } from "./setting-text.ts";
import { findLeaf } from "./setting-tree.ts";

/** Environment variables as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Unknown variables that are looked at; comparing names costs time. */
const mostUnknown = 100;

/**
 * The settings that the environment sets. Each section says which variables there are, and the type of each setting says how its text is read: text stays
 * text ("123" and "true" too), numbers and booleans must be such, a list is cut at its commas. Of several prefixes the first one wins; a section's own
 * variable is stronger than one that is called as a property of Kafka's clients.
 */
export function readEnvironment(
  environment: Environment,
  prefixes: readonly string[],
  sections: readonly AnyConfigSection[],
): SourceReading & { readonly warnings: readonly ConfigWarning[] } {
  const problems: ConfigProblem[] = [];
  const settings = new Map<string, SourcedValue>();
  const known = new Set<string>();
  const textOf = (name: string): string | undefined => {
    known.add(name);
    const text = Object.hasOwn(environment, name) ? environment[name] : undefined;
    return typeof text === "string" ? text : undefined;
  };
  for (const section of sections) {
    const texts = new Map<string, { readonly name: string; readonly text: string; readonly prefix: string }>();
    for (const [suffix, path] of section.environment) {
      const fullPath = `${section.name}.${path}`;
      const leaf = findLeaf(section.settings, path.split("."));
      for (const prefix of prefixes) {
        const name = prefix + suffix;
        const text = textOf(name);
        if (text === undefined || leaf === undefined) continue;
        const other = texts.get(fullPath);
        if (other === undefined) {
          texts.set(fullPath, { name, text, prefix });
          settings.set(fullPath, { value: parseSettingText(text, leaf), kind: "environment", label: `environment ${name}` });
        } else if (other.text !== text && other.prefix === prefix) {
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
    for (const prefix of prefixes) {
      const given: Record<string, string> = {};
      for (const property of section.properties.keys()) {
        const text = textOf(prefix + propertyVariable(property));
        if (text !== undefined) given[property] = text;
      }
      const read = readProperties(section, given);
      for (const { property, rule } of read.problems) {
        const path = `environment ${prefix}${propertyVariable(property)}`;
        problems.push({ path, source: undefined, value: undefined, rule, advice: undefined });
      }
      for (const [path, { value, property }] of read.settings) {
        const fullPath = `${section.name}.${path}`;
        const label = `environment ${prefix}${propertyVariable(property)}`;
        if (!settings.has(fullPath)) settings.set(fullPath, { value, kind: "environment", label });
      }
    }
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
