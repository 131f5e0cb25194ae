import { type CompatibilityLevel, checkCompatibility } from "@millrace/schema-compatibility";
import type { RegistryStore, SubjectVersion } from "./registry-store.ts";

/** What keeps `text` from following `versions` (ascending), in the registry's own notation; empty when it may. */
export function check(
  store: RegistryStore,
  text: string,
  versions: readonly SubjectVersion[],
  level: CompatibilityLevel,
): readonly string[] {
  const previous = versions.map(({ id }) => store.schemaText(id)!);
  const { incompatibilities } = checkCompatibility({ type: "AVRO", schema: text, previous, level });
  const first = incompatibilities[0];
  if (first === undefined) return [];
  // As Confluent's registry does: every reason against the newest version that refuses, then that version.
  return [
    ...incompatibilities
      .filter(({ previousIndex }) => previousIndex === first.previousIndex)
      .map(
        ({ type, message, path, detail }) => `{errorType:'${type}', description:'${message} (path '${path}')', additionalInfo:'${detail}'}`,
      ),
    `{oldSchemaVersion: ${versions[first.previousIndex]!.version}}`,
    `{oldSchema: '${previous[first.previousIndex]}'}`,
    `{validateFields: 'false', compatibility: '${level}'}`,
  ];
}
