import type { Config } from "./registry-settings.ts";
import type { JsonObject, SchemaContent } from "./schema-content.ts";

/**
 * What a new version takes over: the text of the version before it when it has none, its metadata and rules when it has none of its own, and then what the
 * configuration gives as defaults and overrides.
 */
export function inheritedContent(submitted: SchemaContent, previous: SchemaContent | undefined, config: Config): SchemaContent {
  const { type, text, references } = submitted.text.trim() === "" && previous !== undefined ? previous : submitted;
  return {
    type,
    text,
    references,
    metadata: merged([config.defaultMetadata, submitted.metadata ?? previous?.metadata, config.overrideMetadata], mergeProperties),
    ruleSet: merged([config.defaultRuleSet, submitted.ruleSet ?? previous?.ruleSet, config.overrideRuleSet], mergeRules),
  };
}

function merged(parts: readonly (JsonObject | undefined)[], merge: (earlier: unknown, later: unknown) => unknown): JsonObject | undefined {
  const present = parts.filter((part) => part !== undefined);
  if (present.length <= 1) return present[0];
  const names = new Set(present.flatMap((part) => Object.keys(part)));
  return Object.fromEntries(
    [...names].map((name) => [name, present.map((part) => part[name]).reduce((earlier, later) => merge(earlier, later))]),
  );
}

/** Maps are joined, the later value winning; lists are united. */
function mergeProperties(earlier: unknown, later: unknown): unknown {
  if (earlier === undefined || earlier === null) return later;
  if (later === undefined || later === null) return earlier;
  if (Array.isArray(earlier) && Array.isArray(later)) return [...new Set([...(earlier as unknown[]), ...(later as unknown[])])];
  return typeof earlier === "object" && typeof later === "object" ? { ...earlier, ...later } : later;
}

/** Rules with the same name: the later one wins. */
function mergeRules(earlier: unknown, later: unknown): unknown {
  if (!Array.isArray(earlier)) return later ?? earlier;
  if (!Array.isArray(later)) return earlier;
  const nameOf = (rule: unknown): unknown => (rule as { readonly name?: unknown } | null)?.name;
  const replaced = new Set(later.map(nameOf));
  return [...(earlier as unknown[]).filter((rule) => !replaced.has(nameOf(rule))), ...(later as unknown[])];
}
