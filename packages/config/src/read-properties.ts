import { isDeepStrictEqual } from "node:util";
import { InvalidOptionsError } from "@millrace/core";
import type { AnyConfigSection } from "./config-section.ts";
import { type CopySetting, tooLarge } from "./copy-setting.ts";
import { type PropertyConversion, spellingsOf } from "./kafka-property.ts";
import { parseSettingText } from "./setting-text.ts";
import { findLeaf } from "./setting-tree.ts";

/** The settings of a section that properties stand for. */
export interface ReadProperties {
  /** By their paths within the section; `property` is the one that sets it, as it was written. */
  readonly settings: ReadonlyMap<string, { readonly value: unknown; readonly property: string }>;
  /** What is wrong with which property. Holds no value. */
  readonly problems: readonly { readonly property: string; readonly rule: string }[];
}

/** Translates the properties that the section has among the values by name; all other names are left alone. */
export function readProperties(
  section: AnyConfigSection,
  values: Readonly<Record<string, unknown>>,
  copySetting: CopySetting,
): ReadProperties {
  const settings = new Map<string, { readonly value: unknown; readonly property: string }>();
  const problems: { readonly property: string; readonly rule: string }[] = [];
  const given: Record<string, unknown> = {};
  const written = new Map<string, string>();
  for (const property of section.properties.keys()) {
    for (const name of spellingsOf(property)) {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined || value === null) continue;
      const copied = copySetting(value);
      const other = written.get(property);
      if (copied === undefined) problems.push({ property: name, rule: tooLarge });
      else if (![copied.copy].flat().every(isScalar))
        problems.push({ property: name, rule: "must be text, a number, true or false, or a list" });
      else if (other === undefined) {
        written.set(property, name);
        given[property] = copied.copy;
      } else if (!isDeepStrictEqual(given[property], copied.copy)) problems.push({ property: name, rule: contradiction(other) });
    }
  }
  for (const [name, { read }] of section.properties) {
    const property = written.get(name);
    if (property === undefined) continue;
    const made = readSafely(read, given[name], given);
    if (typeof made === "string") {
      problems.push({ property, rule: made });
      continue;
    }
    for (const [path, raw] of Object.entries(made)) {
      if (raw === undefined) continue;
      const leaf = findLeaf(section.settings, path.split("."));
      if (leaf === undefined)
        throw new InvalidOptionsError(`section ${section.name}`, [`property ${name} leads to ${path}, which is no setting`]);
      const copied = copySetting(typeof raw === "string" ? parseSettingText(raw, leaf) : raw);
      if (copied === undefined) {
        problems.push({ property, rule: tooLarge });
        continue;
      }
      const value = copied.copy;
      const other = settings.get(path);
      if (other === undefined) settings.set(path, { value, property });
      else if (!isDeepStrictEqual(other.value, value)) problems.push({ property, rule: contradiction(other.property) });
    }
  }
  return { settings, problems };
}

function isScalar(value: unknown): boolean {
  return ["string", "number", "boolean", "bigint"].includes(typeof value);
}

/** A conversion must not throw; one that does is no reason to throw at users. */
function readSafely(read: PropertyConversion["read"], value: unknown, given: Readonly<Record<string, unknown>>): ReturnType<typeof read> {
  try {
    return read(value, given);
  } catch {
    return "cannot be read";
  }
}

function contradiction(other: string): string {
  return `${other} says something else; keep one of the two`;
}
