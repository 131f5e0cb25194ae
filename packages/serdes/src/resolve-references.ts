import type { SchemaDefinition, SchemaReference, SchemaSource } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";

/** A schema that another one refers to, with its text. */
export interface ResolvedReference extends SchemaReference {
  readonly schema: SchemaDefinition;
}

/** Schemas that one schema may draw in, itself not counted. Real ones draw in a handful. */
const mostReferences = 256;
/** How far references may lead to references. */
const deepest = 32;

/**
 * Fetches all that `schema` refers to, directly or through others, one after another. What is referred to stands before what refers to it; each
 * subject's version comes once. References in a circle are followed once round, and left to the format to refuse.
 * @throws SerdeError (`SERDE_INVALID_SCHEMA`) for too many or too deep references, and for a source without `schemaOf`; else what the source fails with
 */
export async function resolveReferences(schema: SchemaDefinition, source: SchemaSource): Promise<readonly ResolvedReference[]> {
  const resolved: ResolvedReference[] = [];
  const seen = new Set<string>();
  const follow = async (references: readonly SchemaReference[], depth: number): Promise<void> => {
    if (depth > deepest) throw new SerdeError("SERDE_INVALID_SCHEMA", `schema references lead more than ${deepest} schemas deep`);
    for (const { name, subject, version } of references) {
      const key = JSON.stringify([name, subject, version]);
      if (seen.has(key)) continue;
      seen.add(key);
      if (seen.size > mostReferences) {
        throw new SerdeError("SERDE_INVALID_SCHEMA", `a schema refers to more than ${mostReferences} others`);
      }
      if (source.schemaOf === undefined) {
        throw new SerdeError(
          "SERDE_INVALID_SCHEMA",
          `the schema refers to version ${version} of ${subject}, which this schema source cannot look up`,
        );
      }
      const found = await source.schemaOf(subject, version);
      await follow(found.references ?? [], depth + 1);
      resolved.push({ name, subject, version, schema: found });
    }
  };
  await follow(schema.references ?? [], 1);
  return resolved;
}
