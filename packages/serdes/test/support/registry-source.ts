import type { SchemaDefinition, SchemaReference, SchemaSource } from "../../src/index.ts";

interface RegistryAnswer {
  readonly id: number;
  readonly schema: string;
  readonly schemaType?: SchemaDefinition["type"];
  readonly references?: SchemaReference[];
}

/** A schema source on a registry, with nothing but what these tests need; `@millrace/schema-registry` is the real one, and depends on this package. */
export function registrySource(url: string): SchemaSource {
  const request = async (path: string, body?: object): Promise<RegistryAnswer> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as RegistryAnswer;
  };
  const definition = ({ schema, schemaType = "AVRO", references }: RegistryAnswer): SchemaDefinition => ({
    type: schemaType,
    text: schema,
    references,
  });
  return {
    async idFor(subject, { type, text, references }) {
      const { id } = await request(`/subjects/${encodeURIComponent(subject)}/versions`, { schema: text, schemaType: type, references });
      return id;
    },
    schemaFor: async (id) => definition(await request(`/schemas/ids/${id}`)),
    schemaOf: async (subject, version) => definition(await request(`/subjects/${encodeURIComponent(subject)}/versions/${version}`)),
  };
}
