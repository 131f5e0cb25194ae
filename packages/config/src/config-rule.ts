import type { AnyConfigSection, DeepPartial, RuleFinding } from "./config-section.ts";
import type { Config } from "./load-config.ts";

/** A rule over the settings of several sections, whatever their types. */
export interface ConfigRule {
  /** The sections whose settings the rule looks at. Where one of them is not loaded, the rule is skipped. */
  readonly sections: readonly AnyConfigSection[];
  /** What is not right with the settings of its sections; `path` begins with the section's name: `retry.delaysMs`. */
  findings(settings: unknown): Iterable<RuleFinding>;
}

/**
 * Makes a rule over several sections, for `loadConfig({ sections, rules: [rule] })`. As a section's own rules it runs even when settings are wrong: these are
 * left out, so everything may be missing, and a finding at the path of a wrong setting is dropped. Must not throw; messages must not contain values.
 */
export function defineRule<const S extends readonly AnyConfigSection[]>(
  sections: S,
  findings: (settings: DeepPartial<Config<S>>) => Iterable<RuleFinding>,
): ConfigRule {
  return Object.freeze({ sections, findings: (settings: unknown) => findings(settings as DeepPartial<Config<S>>) });
}
