export type { RecordMark } from "./alternative-picker.ts";
export { type AvroOptions, avro } from "./avro.ts";
export type { AvroLogicalTypeName } from "./avro-logical-types.ts";
export { bytes } from "./bytes.ts";
export { type CompressedOptions, type CompressionName, compressed } from "./compressed.ts";
export type { SchemaIdPlace } from "./framed-serde.ts";
export { createInMemorySchemas } from "./in-memory-schemas.ts";
export { type IntegerOptions, integer } from "./integer.ts";
export { type JsonNull, type JsonOptions, json, jsonNull } from "./json.ts";
export type { LargeIntegers } from "./json-text.ts";
export { nullAsEmpty } from "./null-as-empty.ts";
export { type OneOf, type OneOfOptions, oneOf, type TypeDescriptors } from "./one-of.ts";
export { schemaIdOf } from "./registry-framing.ts";
export type { ReferencedSchema, SchemaSerdeOptions } from "./schema-descriptor.ts";
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
export { type StringOptions, string, type TextEncoding } from "./string.ts";
export {
  recordNameStrategy,
  type SubjectContext,
  type SubjectStrategy,
  topicNameStrategy,
  topicRecordNameStrategy,
} from "./subject-strategy.ts";
export { type RewrittenRecord, type Upcast, type Upcaster, upcast } from "./upcast.ts";
export { type Versions, type VersionsOptions, versions } from "./versions.ts";
