export type { AvroIncompatibilityType } from "./avro/avro-mismatches.ts";
export {
  type CompatibilityCheck,
  type CompatibilityResult,
  checkCompatibility,
  type Incompatibility,
  type IncompatibilityType,
} from "./check-compatibility.ts";
export { type CompatibilityLevel, compatibilityLevels } from "./compatibility-level.ts";
export type { JsonSchemaIncompatibilityType } from "./json-schema/json-schema-incompatibility.ts";
export type { ProtobufIncompatibilityType } from "./protobuf/protobuf-mismatches.ts";
export { type InvalidSchemaDetails, InvalidSchemaError, type InvalidSchemaErrorCode } from "./schema-error.ts";
export type { PreviousSchema, ReferencedSchema, SchemaText, SchemaType } from "./schema-text.ts";
