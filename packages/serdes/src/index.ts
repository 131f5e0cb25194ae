export { type AvroOptions, avro } from "./avro.ts";
export { bytes } from "./bytes.ts";
export { createInMemorySchemas } from "./in-memory-schemas.ts";
export { type JsonOptions, json } from "./json.ts";
export { schemaIdOf } from "./registry-framing.ts";
export type {
  SchemaDefinition,
  SchemaReference,
  SchemaSource,
  SchemaSourceOptions,
  Serde,
  SerdeBinding,
  SerdeDescriptor,
  SerdeHeader,
} from "./serde.ts";
export { SerdeError, type SerdeErrorCode, type SerdeErrorDetails } from "./serde-error.ts";
export { string } from "./string.ts";
export { type RewrittenRecord, type Upcast, type Upcaster, upcast } from "./upcast.ts";
