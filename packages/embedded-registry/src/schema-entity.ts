import { expandedText } from "./canonical-schema.ts";
import { serializedProto } from "./protobuf/serialized-proto.ts";
import { resolveReferences } from "./references.ts";
import type { RegistryStore, StoredSchema, SubjectVersion } from "./registry-store.ts";

/** A schema as it stands in answers. Avro, the oldest type, is not named. */
export function schemaEntity(store: RegistryStore, schema: StoredSchema, format: string | null): Readonly<Record<string, unknown>> {
  const { type, references, metadata, ruleSet } = schema;
  return {
    ...(type === "AVRO" ? {} : { schemaType: type }),
    schema: formatted(store, schema, format),
    ...(references.length === 0 ? {} : { references }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(ruleSet === undefined ? {} : { ruleSet }),
  };
}

/** A version of a subject as it stands in answers. */
export function versionEntity(store: RegistryStore, version: SubjectVersion, format: string | null): Readonly<Record<string, unknown>> {
  const { subject, schema, isDeleted } = version;
  return {
    subject,
    version: version.version,
    id: schema.id,
    guid: schema.guid,
    ...schemaEntity(store, schema, format),
    ...(isDeleted ? { deleted: true } : {}),
  };
}

/** A schema's text in the format that a client asks for; formats that its type does not have leave it as it is. */
export function formatted(store: RegistryStore, schema: StoredSchema, format: string | null): string {
  if (format === "resolved") return expandedText(store, schema);
  if (format === "serialized" && schema.type === "PROTOBUF")
    return serializedProto(schema.text, resolveReferences(store, schema.references));
  return schema.text;
}
