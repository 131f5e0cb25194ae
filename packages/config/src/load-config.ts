import { InvalidOptionsError } from "@millrace/core";
import { checkSection, judgeFindings } from "./check-section.ts";
import { ConfigError, type ConfigProblem, type ConfigWarning } from "./config-error.ts";
import type { ConfigRule } from "./config-rule.ts";
import type { AnyConfigSection, ConfigSection, DeepPartial, RuleFinding } from "./config-section.ts";
import type { SourcedValue, SourceReading } from "./config-source.ts";
import type { SectionInput } from "./describe-problem.ts";
import { type Environment, readEnvironment } from "./environment-source.ts";
import { attachProvenance } from "./explain.ts";
import { readConfigFile } from "./file-source.ts";
import { mergeReadings } from "./merge-readings.ts";
import { nearestName } from "./nearest-name.ts";
import { readTree } from "./read-tree.ts";
import { showValue } from "./redact.ts";

/** A loaded configuration: the value of each section under the section's name, frozen all the way. It holds secrets in the clear: show `explain(config)` instead. */
export type Config<S extends readonly AnyConfigSection[]> = {
  readonly [Section in S[number] as Section["name"]]: Section extends ConfigSection<infer T> ? T : never;
};

/**
 * Values for a configuration, all of them optional. A section may hold names of Kafka's own clients beside its settings: `{ producer: { "linger.ms": 5 } }`; of
 * these the compiler knows only that they have a dot.
 */
export type ConfigInput<S extends readonly AnyConfigSection[]> = {
  readonly [Section in S[number] as Section["name"]]?:
    | (Section extends ConfigSection<infer T>
        ? DeepPartial<T> | (DeepPartial<T> & { readonly [property: `${string}.${string}`]: unknown })
        : never)
    | undefined;
};

/** Where `loadConfig` looks. The strongest source first: object, environment, file, base, preset, the sections' own defaults. */
export interface LoadConfigOptions<S extends readonly AnyConfigSection[]> {
  /** The sections to load; everything else is an unknown setting. */
  readonly sections: S;
  /** Rules over several sections, made by `defineRule`; one about a section that is not loaded is skipped. @default none */
  readonly rules?: readonly ConfigRule[] | undefined;
  /** Values given by the program, stronger than everything else. */
  readonly object?: ConfigInput<S> | undefined;
  /** @default process.env */
  readonly environment?: Environment | undefined;
  /** What the variables' names begin with. Where several set the same, the first prefix wins. @default ["KAFKA_", "AUTOGEN_KAFKA_"] */
  readonly prefixes?: readonly string[] | undefined;
  /** Path of a `.json`, `.yaml` or `.yml` file of at most 16 KiB. @default no file */
  readonly file?: string | undefined;
  /** The program's own defaults: weaker than environment and file. @default none */
  readonly base?: ConfigInput<S> | undefined;
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
  const { sections, rules = [], object, environment = process.env, prefixes = ["KAFKA_", "AUTOGEN_KAFKA_"], file, base, preset } = options;
  checkNames(sections);
  const variables = readEnvironment(environment, prefixes, sections);
  const problems: ConfigProblem[] = [];
  const warnings = [...variables.warnings];
  const readings: SourceReading[] = [];
  if (object !== undefined) readings.push(readTree("object", "object", object, sections));
  readings.push(variables);
  if (file !== undefined) {
    const read = readConfigFile(file);
    if ("problem" in read) problems.push(read.problem);
    else readings.push(readTree("file", `file ${file}`, read.root, sections));
  }
  if (base !== undefined) readings.push(readTree("base", "base", base, sections));
  if (preset !== undefined) {
    const found = presetValues(sections, preset);
    if ("problem" in found) problems.push(found.problem);
    else readings.push(readTree("preset", `preset ${preset}`, found.root, sections));
  }
  for (const reading of readings) problems.push(...reading.problems);
  const wrong = new Set(problems.map((problem) => problem.path));
  const origins = new Map<string, SourcedValue>();
  const inputs = new Map<string, SectionInput>();
  const values: Record<string, unknown> = {};
  const usable: Record<string, unknown> = {};
  const judge = (findings: Iterable<RuleFinding>): void => {
    const judged = judgeFindings(findings, inputs, wrong);
    problems.push(...judged.problems);
    warnings.push(...judged.warnings);
  };
  for (const section of sections) {
    const { name } = section;
    const given: SectionInput = { section, input: mergeReadings(section, readings, origins), origins, prefix: prefixes[0] ?? "" };
    inputs.set(name, given);
    const checked = checkSection(given, wrong);
    values[name] = checked.value;
    usable[name] = checked.usable;
    problems.push(...checked.problems);
    judge(Array.from(section.findings(checked.usable), (finding) => ({ ...finding, path: `${name}.${finding.path}` })));
  }
  for (const rule of rules) if (rule.sections.every(({ name }) => inputs.has(name))) judge(rule.findings(usable));
  Object.freeze(warnings);
  if (problems.length > 0)
    return Object.freeze({ is_valid: false, config: undefined, errors: Object.freeze(problems.slice(0, mostProblems)), warnings });
  attachProvenance(values, sections, origins);
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

function presetValues(
  sections: readonly AnyConfigSection[],
  preset: string,
): { readonly root: unknown } | { readonly problem: ConfigProblem } {
  const root: Record<string, unknown> = {};
  for (const section of sections) if (Object.hasOwn(section.presets, preset)) root[section.name] = section.presets[preset];
  if (Object.keys(root).length > 0) return { root };
  const known = new Set(sections.flatMap((section) => Object.keys(section.presets)));
  const near = nearestName(preset, known);
  return {
    problem: {
      path: "preset",
      source: undefined,
      value: showValue(preset, false),
      rule: "there is no such preset",
      advice: near === undefined ? `known presets: ${[...known].join(", ") || "none"}` : `did you mean ${near}?`,
    },
  };
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
