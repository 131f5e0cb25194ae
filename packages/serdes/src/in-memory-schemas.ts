import type { SchemaDefinition, SchemaSource } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";

/**
 * A schema source in this process's memory, for tests and for programs that keep their bytes to themselves. Ids count from 1; the same schema has the
 * same id under every subject. Each subject counts its schemas as versions from 1. It forgets everything with the process, so bytes written with it
 * cannot be read by another one.
 *
 * Every call answers synchronously. `schemaFor` and `schemaOf` throw SerdeError (`SERDE_UNKNOWN_SCHEMA`) for what was not given out.
 */
export function createInMemorySchemas(): SchemaSource {
  const schemas: SchemaDefinition[] = [];
  const ids = new Map<string, number>();
  const subjects = new Map<string, Set<number>>();
  return {
    idFor(subject, schema) {
      const key = `${schema.type} ${schema.text} ${JSON.stringify(schema.references ?? [])}`;
      let id = ids.get(key);
      if (id === undefined) {
        id = schemas.push(schema);
        ids.set(key, id);
      }
      const versions = subjects.get(subject);
      if (versions === undefined) subjects.set(subject, new Set([id]));
      else versions.add(id);
      return id;
    },
    schemaFor(id) {
      const schema = schemas[id - 1];
      if (schema === undefined) throw new SerdeError("SERDE_UNKNOWN_SCHEMA", `no schema has id ${id} in memory`, { schemaId: id });
      return schema;
    },
    schemaOf(subject, version) {
      const id = [...(subjects.get(subject) ?? [])][version - 1];
      if (id === undefined) throw new SerdeError("SERDE_UNKNOWN_SCHEMA", `subject ${subject} has no version ${version} in memory`);
      return schemas[id - 1]!;
    },
  };
}
