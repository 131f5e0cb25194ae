export type { AvroIncompatibilityType } from "./avro-compatibility.ts";
export {
  type CompatibilityCheck,
  type CompatibilityLevel,
  type CompatibilityResult,
  checkCompatibility,
  compatibilityLevels,
  type Incompatibility,
} from "./check-compatibility.ts";
export { InvalidSchemaError, type InvalidSchemaErrorCode } from "./schema-error.ts";
