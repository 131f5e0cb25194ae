import { InvalidOptionsError } from "@millrace/core";
import type { AnyConfigSection } from "./config-section.ts";
import type { SourcedValue, SourceKind } from "./config-source.ts";
import { showValue } from "./redact.ts";
import { visitLeaves } from "./setting-tree.ts";

/** One setting of a loaded configuration. */
export interface ExplainedSetting {
  /** Such as `connection.security.password`. */
  readonly path: string;
  /** As it may be shown: secrets redacted, long values cut. */
  readonly value: string;
  readonly kind: SourceKind;
  /** The source by name, such as `environment KAFKA_SASL_PASSWORD` or `file kafka.yaml`. */
  readonly source: string;
}

interface Provenance {
  readonly sections: readonly AnyConfigSection[];
  readonly origins: ReadonlyMap<string, SourcedValue>;
}

// A registered symbol, so that another copy of this package can explain the configuration too.
const provenanceKey = Symbol.for("millrace.config.provenance");

/** Remembers with a configuration where its values came from, out of sight of whoever lists or copies it. */
export function attachProvenance(config: object, sections: readonly AnyConfigSection[], origins: ReadonlyMap<string, SourcedValue>): void {
  Object.defineProperty(config, provenanceKey, { value: { sections, origins } satisfies Provenance });
}

/**
 * The settings in effect and where each one came from, in the order in which the sections declare them; settings without a value are left out.
 * @throws InvalidOptionsError (`INVALID_OPTIONS`) for anything but a configuration that `loadConfig` made.
 */
export function explain(config: object): readonly ExplainedSetting[] {
  const provenance = (config as { readonly [provenanceKey]?: Provenance })[provenanceKey];
  if (provenance === undefined)
    throw new InvalidOptionsError("explain", ["this is not a configuration that loadConfig made, or it is a copy of one"]);
  const explained: ExplainedSetting[] = [];
  for (const section of provenance.sections) {
    const root = (config as Record<string, unknown>)[section.name];
    visitLeaves(section.settings, [], (leaf, names) => {
      let value = root;
      for (const name of names) value = (value as Record<string, unknown> | undefined)?.[name];
      if (value === undefined) return;
      const path = [section.name, ...names].join(".");
      const origin = provenance.origins.get(path);
      explained.push({
        path,
        value: showValue(value, leaf.isSecret),
        kind: origin?.kind ?? "default",
        source: origin?.label ?? "default",
      });
    });
  }
  return explained;
}

/** The settings as lines of text in three columns. */
export function formatExplanation(settings: readonly ExplainedSetting[]): string {
  const width = (column: "path" | "value"): number => Math.max(0, ...settings.map((setting) => setting[column].length));
  const [paths, values] = [width("path"), width("value")];
  return settings.map(({ path, value, source }) => `${path.padEnd(paths)}  ${value.padEnd(values)}  ${source}`).join("\n");
}
