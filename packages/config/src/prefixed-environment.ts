import { ConfigError } from "./config-error.ts";
import { unreadable } from "./config-source.ts";
import { mostCharacters, mostItems, tooLarge } from "./copy-setting.ts";
import type { Environment } from "./environment-source.ts";
import { isSecretName } from "./redact.ts";
import { itemsOf } from "./setting-text.ts";

/** What `readPrefixedEnvironment` reads. */
export interface PrefixedEnvironmentOptions {
  /** @default process.env */
  readonly environment?: Environment | undefined;
  /** What the variables' names begin with; the streaming part of the agents' extension has `AUTOGEN_KAFKA_STREAMING_`. @default "AUTOGEN_KAFKA_" */
  readonly prefix?: string | undefined;
  /** The names that may stand first after the prefix. @default ["kafka", "memory", "agent", "runtime", "schema_registry"] */
  readonly sections?: readonly string[] | undefined;
  /** Settings that are lists even with one item. @default ["bootstrap_servers"] */
  readonly lists?: readonly string[] | undefined;
  /** Settings that are text even where they look like something else, such as a group called 42. @default none */
  readonly texts?: readonly string[] | undefined;
}

/**
 * Reads variables without knowing what settings there are, for configurations that are shaped as the agents' extension for Kafka has them:
 * `AUTOGEN_KAFKA_SCHEMA_REGISTRY_URL` becomes `{ schema_registry: { url } }`, and a name that begins with no section stays at the top, in lower case.
 * Text is read by its looks: true and false, whole numbers and decimal fractions, lists by their commas, all else as it is. A setting with the name of a
 * secret (`sasl_password`) always stays text.
 * @throws ConfigError (`CONFIG_INVALID`) when there are more than 10,000 such variables, or reading one throws.
 */
export function readPrefixedEnvironment(options: PrefixedEnvironmentOptions = {}): Record<string, unknown> {
  const { environment = process.env, prefix = "AUTOGEN_KAFKA_", lists = ["bootstrap_servers"], texts = [] } = options;
  const sections = options.sections ?? ["kafka", "memory", "agent", "runtime", "schema_registry"];
  const top = new Map<string, unknown>();
  const groups = new Map<string, Map<string, unknown>>();
  for (const [variable, text] of variablesOf(environment, prefix)) {
    const name = variable.slice(prefix.length).toLowerCase();
    const section = sections.find((candidate) => name.startsWith(`${candidate}_`) && name.length > candidate.length + 1);
    const key = section === undefined ? name : name.slice(section.length + 1);
    const value = texts.includes(key) ? text : parseByLooks(text, key, lists.includes(key));
    if (section === undefined) top.set(key, value);
    else groups.set(section, (groups.get(section) ?? new Map<string, unknown>()).set(key, value));
  }
  for (const [section, group] of groups) top.set(section, Object.fromEntries(group));
  // Unlike an assignment, this cannot reach a prototype, whatever the variables are called.
  return Object.fromEntries(top);
}

function variablesOf(environment: Environment, prefix: string): readonly (readonly [string, string])[] {
  const variables: [string, string][] = [];
  try {
    for (const variable of Object.keys(environment)) {
      const text: unknown = variable.startsWith(prefix) && variable !== prefix ? environment[variable] : undefined;
      if (typeof text === "string") variables.push([variable, text]);
    }
  } catch (error) {
    throw new ConfigError([unreadable("environment", error)]);
  }
  if (variables.length <= mostItems) return variables;
  throw new ConfigError([{ path: "environment", source: undefined, value: undefined, rule: tooLarge, advice: undefined }]);
}

function parseByLooks(text: string, name: string, isList: boolean): unknown {
  if (isSecretName(name) || text.length > mostCharacters) return text;
  const trimmed = text.trim();
  if (isList || trimmed.includes(",")) return itemsOf(trimmed);
  const word = trimmed.toLowerCase();
  if (word === "true" || word === "false") return word === "true";
  // Digits that a number cannot hold exactly, or that begin with a zero, name something.
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(trimmed) && Math.abs(Number(trimmed)) <= Number.MAX_SAFE_INTEGER) return Number(trimmed);
  return text;
}
