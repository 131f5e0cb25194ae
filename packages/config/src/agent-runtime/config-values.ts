import { nearestName } from "../nearest-name.ts";
import { plainCopy, tooLarge } from "./plain-copy.ts";

/** Reads the values of a configuration out of data of any shape, and remembers what could not be read. */
export interface ConfigValues {
  /** Text; numbers and true or false, which files and variables make of some names, are their text. `names` are the setting's name and its aliases. */
  text(...names: readonly string[]): string | undefined;
  number(name: string): number | undefined;
  boolean(name: string): boolean | undefined;
  /** A list of texts, or one text with commas. */
  list(name: string): readonly string[] | undefined;
  /** Settings of Kafka by name, or JSON of them: text, numbers, true or false, and lists of texts. */
  properties(name: string): PassedProperties | undefined;
  raw(name: string): unknown;
  /** Everything, as plain data. */
  all(): Readonly<Record<string, unknown>>;
  /** What could not be read. */
  readonly errors: readonly string[];
  /** A word about each name that nobody has asked for and that is not among `further`. Called last. */
  unknown(further?: readonly string[]): readonly string[];
}

const mostUnknown = 20;
const mostItems = 1000;

/** Settings by the names of Kafka's own clients. */
export type PassedProperties = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Reads everything once: what is given may be a proxy, or have getters, that throw or change their minds. Never throws. */
export function readConfigValues(given: unknown): ConfigValues {
  const errors: string[] = [];
  let values: ReadonlyMap<string, unknown> = new Map();
  try {
    const copied = plainCopy(given);
    if (isMap(copied)) values = new Map(Object.entries(copied));
    else errors.push("the configuration must be a map of settings");
  } catch {
    errors.push(tooLarge);
  }
  const known = new Set<string>();
  const find = (names: readonly string[]): unknown => {
    for (const name of names) known.add(name);
    for (const name of names) {
      const value = values.get(name);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
  const read = <T>(names: readonly string[], what: string, convert: (value: unknown) => T | undefined): T | undefined => {
    const value = find(names);
    if (value === undefined) return undefined;
    const converted = convert(value);
    if (converted === undefined) errors.push(`${names[0]} must be ${what}`);
    return converted;
  };
  return {
    errors,
    raw: (name) => find([name]),
    all: () => Object.fromEntries(values),
    text: (...names) => read(names, "text", textOf),
    number: (name) => read([name], "a number", numberOf),
    boolean: (name) => read([name], "true or false", booleanOf),
    properties: (name) => read([name], "a map from settings to text, numbers, true or false", propertiesOf),
    list: (name) =>
      read([name], "a list of texts", (value) => {
        const items = typeof value === "string" ? value.split(",") : Array.isArray(value) ? (value as unknown[]) : [undefined];
        const texts = items.slice(0, mostItems + 1).map(textOf);
        if (texts.length > mostItems) return undefined;
        return texts.every((item) => item !== undefined)
          ? Object.freeze(texts.map((item) => item.trim()).filter((item) => item !== ""))
          : undefined;
      }),
    unknown: (further = []) =>
      [...values.keys()]
        .filter((name) => !known.has(name) && !further.includes(name))
        .slice(0, mostUnknown)
        .map((name) => {
          const near = nearestName(name, [...known, ...further]);
          return `${JSON.stringify(name.slice(0, 60))} is no setting and has no effect${near === undefined ? "" : `; did you mean ${near}?`}`;
        }),
  };
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? String(value) : undefined;
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,15}(\.\d{1,15})?$/.test(value.trim()) ? Number(value) : value;
  return typeof number === "number" ? number : undefined;
}

function propertiesOf(value: unknown): PassedProperties | undefined {
  const map = typeof value === "string" ? parseJson(value) : value;
  if (!isMap(map)) return undefined;
  const settings = new Map<string, PassedProperties[string]>();
  for (const [name, setting] of Object.entries(map)) {
    if (setting === undefined || setting === null) continue;
    if (!isSetting(setting) || settings.size === mostItems) return undefined;
    settings.set(name, setting);
  }
  // Not assignments: a setting called __proto__ stays a setting.
  return Object.freeze(Object.fromEntries(settings));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isSetting(value: unknown): value is PassedProperties[string] {
  if (Array.isArray(value)) return value.length <= mostItems && value.every((item) => typeof item === "string");
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function booleanOf(value: unknown): boolean | undefined {
  const word = typeof value === "string" ? value.trim().toLowerCase() : value;
  return word === true || word === "true" ? true : word === false || word === "false" ? false : undefined;
}
