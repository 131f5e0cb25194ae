import type { SchemaSourceOptions } from "@millrace/serdes";
import { type BundledSchema, type BundledVersion, createBundle, type SchemaBundle } from "./schema-bundle.ts";
import type { RegisteredSchema, SchemaRegistry } from "./schema-registry.ts";

/** What `collectSchemaBundle` takes. */
export interface CollectOptions extends SchemaSourceOptions {
  /** @default every subject of the registry */
  readonly subjects?: readonly string[] | undefined;
}

/**
 * Fetches every version of the subjects, and everything that they refer to, for services to start from while the registry is down: at deployment,
 * `await saveSchemaBundle("schemas.json", await collectSchemaBundle(registry))`, and in the service
 * `createSchemaRegistry({ url, bundle: await loadSchemaBundle("schemas.json") })`.
 * @throws RegistryError (`REGISTRY_NOT_FOUND` when a subject is not there)
 */
export async function collectSchemaBundle(registry: SchemaRegistry, options: CollectOptions = {}): Promise<SchemaBundle> {
  const { signal, subjects = await registry.subjects({ signal }) } = options;
  const schemas = new Map<number, BundledSchema>();
  const versions = new Map<string, BundledVersion>();
  const collect = async (subject: string, number: number): Promise<void> => {
    const key = JSON.stringify([subject, number]);
    if (versions.has(key)) return;
    const { version, id, schema }: RegisteredSchema = await registry.version(subject, number, { signal });
    versions.set(key, { subject, version, id });
    schemas.set(id, { id, schema });
    for (const reference of schema.references ?? []) await collect(reference.subject, reference.version);
  };
  // One after the other: a deployment can wait, a registry need not be flooded.
  for (const subject of subjects) {
    for (const version of await registry.versions(subject, { signal })) await collect(subject, version);
  }
  return createBundle(schemas.values(), versions.values());
}
