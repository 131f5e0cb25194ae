import { checkCompatibility } from "@millrace/schema-compatibility";
import { resolveReferences } from "./references.ts";
import type { Config } from "./registry-settings.ts";
import type { RegistryStore, SubjectVersion } from "./registry-store.ts";
import type { SchemaContent } from "./schema-content.ts";

/** What keeps a schema from following `versions` (ascending), in the registry's own notation; empty when it may. */
export function check(
  store: RegistryStore,
  { type, text, references, metadata }: SchemaContent,
  versions: readonly SubjectVersion[],
  config: Pick<Config, "compatibilityGroup"> & { readonly compatibilityLevel: Exclude<Config["compatibilityLevel"], undefined> },
): readonly string[] {
  const { compatibilityGroup: group, compatibilityLevel: level } = config;
  const groupOf = (content: Pick<SchemaContent, "metadata">): unknown =>
    group === undefined ? undefined : (content.metadata?.["properties"] as Record<string, unknown> | undefined)?.[group];
  const compared = versions.filter(({ schema }) => groupOf(schema) === groupOf({ metadata }));
  const { incompatibilities } = checkCompatibility({
    type,
    schema: text,
    references: resolveReferences(store, references),
    previous: compared.map(({ schema }) => ({
      type: schema.type,
      schema: schema.text,
      references: resolveReferences(store, schema.references),
    })),
    level,
  });
  const first = incompatibilities[0];
  if (first === undefined) return [];
  const old = compared[first.previousIndex]!;
  // As Confluent's registry does: every reason against the newest version that refuses, then that version.
  return [
    ...incompatibilities
      .filter(({ previousIndex }) => previousIndex === first.previousIndex)
      .map((reason) => {
        return `{errorType:'${reason.type}', description:'${reason.message} (path '${reason.path}')', additionalInfo:'${reason.detail}'}`;
      }),
    `{oldSchemaVersion: ${old.version}}`,
    `{oldSchema: '${old.schema.text}'}`,
    `{validateFields: 'false', compatibility: '${level}'}`,
  ];
}
