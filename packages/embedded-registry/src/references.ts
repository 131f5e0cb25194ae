import type { ReferencedSchema } from "@millrace/schema-compatibility";
import { problems } from "./api-problem.ts";
import type { RegistryStore } from "./registry-store.ts";
import type { SchemaReference } from "./schema-content.ts";

/** More schemas behind one are taken for an attack. */
const most = 1_000;
const deepest = 100;

/** The schemas behind references, each after those that it needs itself. */
export function resolveReferences(store: RegistryStore, references: readonly SchemaReference[]): readonly ReferencedSchema[] {
  const resolved = new Map<string, ReferencedSchema>();
  const visit = (reference: SchemaReference, depth: number): void => {
    const { name, subject, version } = reference;
    if (resolved.has(name)) return;
    if (depth > deepest || resolved.size >= most)
      throw problems.invalidSchema(`it has more than ${most} references, or deeper ones than ${deepest}`);
    const found = store.allVersions(subject).find((candidate) => candidate.version === version);
    if (found === undefined) throw problems.invalidSchema(`No schema reference found for subject "${subject}" and version ${version}`);
    for (const inner of found.schema.references) visit(inner, depth + 1);
    resolved.set(name, { name, schema: found.schema.text });
  };
  for (const reference of references) visit(reference, 0);
  return [...resolved.values()];
}
