import { InvalidOptionsError } from "@millrace/core";
import { checkSection } from "./check-section.ts";
import { ConfigError, type ConfigProblem, type ConfigWarning } from "./config-error.ts";
import type { AnyConfigSection, ConfigSection, DeepPartial } from "./config-section.ts";
import type { ConfigSource } from "./config-source.ts";
import { type Environment, readEnvironment } from "./environment-source.ts";
import { attachProvenance } from "./explain.ts";
import { readConfigFile } from "./file-source.ts";
import { type Merged, mergeSources } from "./merge-sources.ts";
import { nearestName } from "./nearest-name.ts";
import type { SettingGroup } from "./setting-tree.ts";

/** A loaded configuration: the value of each section under the section's name, frozen all the way. It holds secrets in the clear: show `explain(config)` instead. */
export type Config<S extends readonly AnyConfigSection[]> = {
  readonly [Section in S[number] as Section["name"]]: Section extends ConfigSection<infer T> ? T : never;
};

/** Where `loadConfig` looks. The strongest source first: object, environment, file, preset, the sections' own defaults. */
export interface LoadConfigOptions<S extends readonly AnyConfigSection[]> {
  /** The sections to load; everything else is an unknown setting. */
  readonly sections: S;
  /** Values given by the program. */
  readonly object?: DeepPartial<Config<S>> | undefined;
  /** @default process.env */
  readonly environment?: Environment | undefined;
  /** What the variables' names begin with. Where several set the same, the first prefix wins. @default ["KAFKA_"] */
  readonly prefixes?: readonly string[] | undefined;
  /** Path of a `.json`, `.yaml` or `.yml` file of at most 32 KiB. @default no file */
  readonly file?: string | undefined;
  /** The name of a preset that at least one of the sections has. @default no preset */
  readonly preset?: string | undefined;
}

/** What `safeLoadConfig` found. */
export type ConfigResult<S extends readonly AnyConfigSection[]> =
  | { readonly is_valid: true; readonly config: Config<S>; readonly errors: readonly []; readonly warnings: readonly ConfigWarning[] }
  | {
      readonly is_valid: false;
      readonly config: undefined;
      readonly errors: readonly ConfigProblem[];
      readonly warnings: readonly ConfigWarning[];
    };

/** A report of more problems than this helps nobody. */
const mostProblems = 100;

/**
 * Loads and checks a configuration, synchronously.
 * @throws ConfigError (`CONFIG_INVALID`) with every problem, however many calls are made; InvalidOptionsError (`INVALID_OPTIONS`) for two sections of one name.
 */
export function loadConfig<const S extends readonly AnyConfigSection[]>(options: LoadConfigOptions<S>): Config<S> {
  const result = safeLoadConfig(options);
  if (!result.is_valid) throw new ConfigError(result.errors);
  return result.config;
}

/**
 * As `loadConfig`, but gives problems and warnings back instead of throwing.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for two sections of one name.
 */
export function safeLoadConfig<const S extends readonly AnyConfigSection[]>(options: LoadConfigOptions<S>): ConfigResult<S> {
  const { sections, object, environment = process.env, prefixes = ["KAFKA_"], file, preset } = options;
  checkNames(sections);
  const problems: ConfigProblem[] = [];
  const sources: ConfigSource[] = [];
  if (object !== undefined) sources.push({ kind: "object", root: object, label: () => "object" });
  const variables = readEnvironment(environment, prefixes, sections);
  sources.push(variables.source);
  problems.push(...variables.problems);
  if (file !== undefined) {
    const read = readConfigFile(file);
    if ("problem" in read) problems.push(read.problem);
    else sources.push(read.source);
  }
  if (preset !== undefined) {
    const found = presetSource(sections, preset);
    if ("path" in found) problems.push(found);
    else sources.push(found);
  }
  const merged = mergeAll(sections, sources);
  problems.push(...merged.problems);
  const warnings = [...variables.warnings];
  const known = new Set(problems.map((problem) => problem.path));
  const values: Record<string, unknown> = {};
  for (const section of sections) {
    const context = { sources: merged.sources, prefix: prefixes[0] ?? "", hasProblem: (path: string) => known.has(path) };
    const checked = checkSection(section, merged.value[section.name], context);
    values[section.name] = checked.value;
    problems.push(...checked.problems);
    warnings.push(...checked.warnings);
  }
  Object.freeze(warnings);
  if (problems.length > 0)
    return Object.freeze({ is_valid: false, config: undefined, errors: Object.freeze(problems.slice(0, mostProblems)), warnings });
  attachProvenance(values, sections, merged.sources);
  return Object.freeze({ is_valid: true, config: deepFreeze(values) as Config<S>, errors: Object.freeze([] as const), warnings });
}

function checkNames(sections: readonly AnyConfigSection[]): void {
  const names = sections.map((section) => section.name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0)
    throw new InvalidOptionsError(
      "loadConfig",
      twice.map((name) => `there are two sections called ${name}`),
    );
}

function presetSource(sections: readonly AnyConfigSection[], preset: string): ConfigSource | ConfigProblem {
  const root: Record<string, unknown> = {};
  for (const section of sections) if (Object.hasOwn(section.presets, preset)) root[section.name] = section.presets[preset];
  if (Object.keys(root).length > 0) return { kind: "preset", root, label: () => `preset ${preset}` };
  const known = new Set(sections.flatMap((section) => Object.keys(section.presets)));
  const near = nearestName(preset, known);
  return {
    path: "preset",
    source: undefined,
    value: JSON.stringify(preset.slice(0, 40)),
    rule: "there is no such preset",
    advice: near === undefined ? `known presets: ${[...known].join(", ") || "none"}` : `did you mean ${near}?`,
  };
}

/** Merges along all sections. What a program gives may hold getters and proxies that throw: then it is a source that cannot be used. */
function mergeAll(sections: readonly AnyConfigSection[], sources: readonly ConfigSource[]): Merged {
  const everything: SettingGroup = {
    kind: "group",
    children: new Map(sections.map((section) => [section.name, section.settings])),
    isRequired: true,
  };
  try {
    return mergeSources(everything, [], sources);
  } catch {
    const merged = mergeSources(everything, [], sources.slice(1));
    merged.problems.push({
      path: "object",
      source: undefined,
      value: undefined,
      rule: "cannot be read: reading it throws",
      advice: "give plain data",
    });
    return merged;
  }
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
