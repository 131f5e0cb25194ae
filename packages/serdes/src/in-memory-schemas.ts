import type { SchemaDefinition, SchemaSource } from "./serde.ts";
import { SerdeError } from "./serde-error.ts";

/**
 * A schema source in this process's memory, for tests and for programs that keep their bytes to themselves. Ids count from 1; the same schema has the
 * same id under every subject. It forgets everything with the process, so bytes written with it cannot be read by another one.
 *
 * Every call answers synchronously. `schemaFor` throws SerdeError (`SERDE_UNKNOWN_SCHEMA`) for an id it did not give out.
 */
export function createInMemorySchemas(): SchemaSource {
  const schemas: SchemaDefinition[] = [];
  const ids = new Map<string, number>();
  return {
    idFor(_subject, schema) {
      const key = `${schema.type} ${schema.text} ${JSON.stringify(schema.references ?? [])}`;
      const known = ids.get(key);
      if (known !== undefined) return known;
      const id = schemas.push(schema);
      ids.set(key, id);
      return id;
    },
    schemaFor(id) {
      const schema = schemas[id - 1];
      if (schema === undefined) throw new SerdeError("SERDE_UNKNOWN_SCHEMA", `no schema has id ${id} in memory`, { schemaId: id });
      return schema;
    },
  };
}
