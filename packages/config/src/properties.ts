import { ConfigError, type ConfigProblem } from "./config-error.ts";
import type { AnyConfigSection, DeepPartial } from "./config-section.ts";
import { unreadable } from "./config-source.ts";
import { createCopySetting } from "./copy-setting.ts";
import { type PropertyDialect, type PropertyValue, spellingsOf } from "./kafka-property.ts";
import type { Config } from "./load-config.ts";
import { nearestName } from "./nearest-name.ts";
import { readProperties } from "./read-properties.ts";
import { isGroup } from "./read-tree.ts";
import { showName } from "./redact.ts";
import { visitLeaves } from "./setting-tree.ts";

/** Unknown properties that are reported one by one. */
const mostUnknown = 20;

/**
 * Translates properties of Kafka's own clients, by their names in Java, in librdkafka or with underscores (`linger.ms`, `ssl.ca.location`, `linger_ms`), into
 * values for `loadConfig({ object })`. Values may be text, as in a `.properties` file. A property that several sections have is set in all of them.
 * @throws ConfigError (`CONFIG_INVALID`) for properties that no section has, with the nearest name, and for values that cannot be translated. Values
 * themselves are checked by `loadConfig`.
 */
export function fromProperties<const S extends readonly AnyConfigSection[]>(
  sections: S,
  properties: Readonly<Record<string, unknown>>,
): DeepPartial<Config<S>> {
  const problems: ConfigProblem[] = [];
  const values: Record<string, unknown> = {};
  try {
    translate(sections, properties, values, problems);
  } catch (error) {
    problems.push(unreadable("properties", error));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as DeepPartial<Config<S>>;
}

function translate(
  sections: readonly AnyConfigSection[],
  properties: Readonly<Record<string, unknown>>,
  values: Record<string, unknown>,
  problems: ConfigProblem[],
): void {
  const report = (path: string, rule: string, advice?: string): void => {
    problems.push({ path, source: "properties", value: undefined, rule, advice });
  };
  if (!isGroup(properties)) {
    report("properties", "must be a group of properties");
    return;
  }
  const known = sections.flatMap((section) => [...section.properties.keys()]);
  const expected = new Set(known.flatMap(spellingsOf));
  const isSet = (name: string): boolean => properties[name] !== undefined && properties[name] !== null;
  const unknown = Object.keys(properties).filter((name) => !expected.has(name) && isSet(name));
  for (const name of unknown.slice(0, mostUnknown)) {
    const near = nearestName(name.replaceAll("_", "."), known);
    report(showName(name), "none of the sections has such a property", near === undefined ? undefined : `did you mean ${near}?`);
  }
  if (unknown.length > mostUnknown) report("properties", `there are ${unknown.length - mostUnknown} more that none of the sections has`);
  for (const section of sections) {
    const read = readProperties(section, properties, createCopySetting());
    for (const { property, rule } of read.problems) report(property, rule);
    for (const [path, { value }] of read.settings) setPath(values, [section.name, ...path.split(".")], value);
  }
}

/**
 * The settings of sections under the names of Kafka's own clients, for a client that is not millrace's: only what is set, so that nothing about
 * authentication or TLS is there without need. Choose the sections by the client: `[connection, producer]`. Where two have one property, the later one wins.
 * Holds secrets in the clear. Settings that the clients have no property for are left out.
 */
export function toProperties<const S extends readonly AnyConfigSection[]>(
  sections: S,
  config: DeepPartial<Config<NoInfer<S>>>,
  options: { /** @default "java" */ readonly dialect?: PropertyDialect | undefined } = {},
): Record<string, PropertyValue> {
  const { dialect = "java" } = options;
  const properties: Record<string, PropertyValue> = {};
  for (const section of sections) {
    const settings: Record<string, unknown> = {};
    visitLeaves(section.settings, [section.name], (_leaf, path) => {
      let value: unknown = config;
      for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
      if (value !== undefined) settings[path.slice(1).join(".")] = value;
    });
    for (const [name, property] of section.properties) {
      const value = (property.dialect ?? dialect) === dialect ? property.write?.(settings) : undefined;
      if (value !== undefined) properties[name] = value;
    }
  }
  return properties;
}

function setPath(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let group = root;
  for (const name of path.slice(0, -1)) {
    group[name] ??= {};
    group = group[name] as Record<string, unknown>;
  }
  group[path.at(-1) as string] = value;
}
