import { InvalidOptionsError } from "@millrace/core";
import { findLeaf, type SettingNode } from "./setting-tree.ts";

/** Whose names properties are written with: Kafka's Java clients, or librdkafka and what is built on it. They differ in few. */
export type PropertyDialect = "java" | "librdkafka";

/** The value of a property: a list is one text with commas. */
export type PropertyValue = string | number | boolean;

/** A property of Kafka's own clients that stands for settings of a section in another form, such as `enable.auto.commit`. */
export interface PropertyConversion {
  /** Who has the property; an `"alias"` is understood and never written. @default both dialects */
  readonly dialect?: PropertyDialect | "alias" | undefined;
  /**
   * The settings that the property stands for, by their paths; or a text: the rule that the value breaks, without the value. Text among the values is read by
   * the type of its setting, as the environment's is. `given` holds all properties that are set, by their names with dots: two properties may make one
   * setting together. Must not throw.
   */
  readonly read: (value: unknown, given: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> | string;
  /** The property's value for the settings that are set, by their paths; undefined: the property is left out. @default never written */
  readonly write?: ((settings: Readonly<Record<string, unknown>>) => PropertyValue | undefined) | undefined;
}

/** What a property stands for: the path of a setting, which may be told for one dialect only, or a conversion. */
export type PropertyTarget =
  | string
  | { readonly setting: string; readonly dialect?: PropertyDialect | "alias" | undefined }
  | PropertyConversion;

/** The properties of a section by their names, each as a conversion. */
export type KafkaProperties = ReadonlyMap<string, PropertyConversion>;

/** @throws InvalidOptionsError (`INVALID_OPTIONS`) where a property leads to no setting. */
export function kafkaProperties(
  section: string,
  settings: SettingNode,
  targets: Readonly<Record<string, PropertyTarget>> = {},
): KafkaProperties {
  const properties = new Map<string, PropertyConversion>();
  const lost: string[] = [];
  for (const [name, target] of Object.entries(targets)) {
    if (typeof target === "object" && "read" in target) {
      properties.set(name, target);
      continue;
    }
    const { setting, dialect } = typeof target === "string" ? { setting: target } : target;
    if (findLeaf(settings, setting.split(".")) === undefined) lost.push(`property ${name} leads to ${setting}, which is no setting`);
    properties.set(name, { dialect, read: (value) => ({ [setting]: value }), write: (values) => propertyValue(values[setting]) });
  }
  if (lost.length > 0) throw new InvalidOptionsError(`section ${section}`, lost);
  return properties;
}

/** How a property may be written: Python's clients write `linger_ms` for `linger.ms`. */
export function spellingsOf(property: string): readonly string[] {
  return property.includes(".") ? [property, property.replaceAll(".", "_")] : [property];
}

function propertyValue(value: unknown): PropertyValue | undefined {
  if (Array.isArray(value)) return value.join(",");
  if (typeof value === "string" || typeof value === "boolean") return value;
  // Kafka has no word for "without end".
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
