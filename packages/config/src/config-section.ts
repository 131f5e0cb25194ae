import { InvalidOptionsError } from "@millrace/core";
import { type output, toJSONSchema, type ZodType } from "zod";
import { type KafkaProperties, kafkaProperties, type PropertyTarget } from "./kafka-property.ts";
import { type JsonSchema, type SettingNode, settingTree, visitLeaves } from "./setting-tree.ts";

/** What a rule over several settings found. `path` is relative to the section: `security.password`. */
export interface RuleFinding {
  readonly path: string;
  readonly message: string;
  /** @default "error" */
  readonly severity?: "error" | "warning" | undefined;
}

/** A section whose types do not matter. */
export interface AnyConfigSection {
  /** The section's key in the configuration. */
  readonly name: string;
  /** Environment variables without their prefix, and the settings they set. */
  readonly environment: ReadonlyMap<string, string>;
  /** The properties of Kafka's own clients that stand for settings of this section, by their names. */
  readonly properties: KafkaProperties;
  /** Values by the names of presets. */
  readonly presets: Readonly<Record<string, unknown>>;
  /** The section as JSON Schema (draft 2020-12), for editors and documentation. */
  readonly jsonSchema: JsonSchema;
  /** The settings and groups of the section. */
  readonly settings: SettingNode;
  /** Checks a value by the section's schema; the issues' messages hold no part of the value. */
  check(
    input: unknown,
  ): { readonly value: unknown } | { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] };
  /** Checks rules over several settings. */
  findings(settings: unknown): Iterable<RuleFinding>;
}

/**
 * A part of a configuration: the settings of one package under one name. Its type parameter is the hand-written type of its value. The compiler accepts the
 * value of `defineSection` for it only if schema and type agree exactly, so annotating the exported constant is the test that they do.
 */
export interface ConfigSection<T, N extends string = string> extends AnyConfigSection {
  readonly name: N;
  /** Never there: makes the compiler compare types exactly. */
  readonly shape?: (shape: ExactShape<T>) => ExactShape<T>;
  /** Never there: carries the type. */
  readonly type?: T;
}

/**
 * A type with every setting required and its optionality spelt out. Two types that differ only in an optional setting can stand for each other; their shapes
 * cannot.
 */
export type ExactShape<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]-?: readonly [ExactShape<T[K]>] }
    : T;

/** A type with everything in it read-only: what a section's value is. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** A type with everything in it optional; lists stay whole. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> | undefined }
    : T;

/** What a section is made of. */
export interface SectionDefinition<S extends ZodType<object>, N extends string> {
  readonly name: N;
  /**
   * A strict zod object. `.meta({ description })` on a setting appears in advice and in the JSON Schema; `.meta({ secret: true })` keeps its value out of
   * every report (names such as password, secret or token do so by themselves). Messages of own refinements must not contain the value.
   */
  readonly schema: S;
  /** Environment variables by their names without prefix: `{ BOOTSTRAP_SERVERS: "brokers" }`. A setting without one gets `SECTION_PATH_TO_SETTING`. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /**
   * What Kafka's own clients call the settings: `{ "linger.ms": "lingerMs" }`; where a value differs too, with functions both ways. Sections of objects and
   * files may hold these names beside ours (`linger_ms` is understood as well), each is also an environment variable (`KAFKA_LINGER_MS`), weaker than the
   * section's own, and `fromProperties` and `toProperties` translate whole configurations.
   */
  readonly properties?: Readonly<Record<string, PropertyTarget>> | undefined;
  /** Values that `loadConfig({ preset })` puts below all other sources. */
  readonly presets?: Readonly<Record<string, DeepPartial<DeepReadonly<output<S>>>>> | undefined;
  /**
   * Rules over several settings. Run even when single settings are wrong, so that everything is reported at once: a wrong setting is left out, and a finding
   * at its path is dropped. Must not throw; messages must not contain values.
   */
  readonly rules?: ((settings: DeepPartial<DeepReadonly<output<S>>>) => Iterable<RuleFinding>) | undefined;
}

/**
 * Makes a section out of a zod schema. Annotate the constant with the hand-written type, which is also what keeps zod out of it:
 * `export const connection: ConfigSection<ConnectionOptions, "connection"> = defineSection({ name: "connection", schema });`
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) when the schema is not an object, or a variable or a property leads nowhere.
 */
export function defineSection<S extends ZodType<object>, const N extends string>(
  definition: SectionDefinition<S, N>,
): ConfigSection<DeepReadonly<output<S>>, N> {
  const { name, schema, presets = {}, rules } = definition;
  const jsonSchema = toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const settings = settingTree(jsonSchema, name, true);
  if (settings.kind !== "group") throw new InvalidOptionsError(`section ${name}`, ["its schema must be an object"]);
  return Object.freeze({
    name,
    environment: environmentOf(name, settings, definition.environment ?? {}),
    properties: kafkaProperties(name, settings, definition.properties),
    presets,
    jsonSchema,
    settings,
    check(input: unknown) {
      const result = schema.safeParse(input);
      return result.success ? { value: result.data } : { issues: result.error.issues };
    },
    findings: (given: unknown) => rules?.(given as DeepPartial<DeepReadonly<output<S>>>) ?? [],
  });
}

function environmentOf(section: string, settings: SettingNode, named: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const variables = new Map(Object.entries(named));
  const paths = new Set<string>();
  const namedPaths = new Set(variables.values());
  visitLeaves(settings, [], (_leaf, path) => {
    paths.add(path.join("."));
    if (!namedPaths.has(path.join("."))) variables.set([section, ...path].map(upperSnake).join("_"), path.join("."));
  });
  const lost = [...namedPaths].filter((path) => !paths.has(path));
  if (lost.length > 0)
    throw new InvalidOptionsError(
      `section ${section}`,
      lost.map((path) => `environment leads to ${path}, which is no setting`),
    );
  return variables;
}

/** `connectionTimeoutMs` as `CONNECTION_TIMEOUT_MS`. */
function upperSnake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
