export { RegistryError, type RegistryErrorCode, type RegistryErrorDetails } from "./registry-error.ts";
export type { RegisteredSchema } from "./response-shapes.ts";
export {
  createSchemaRegistry,
  type Registration,
  type RegistryCompatibility,
  type RegistryLevel,
  type SchemaRegistry,
} from "./schema-registry.ts";
export type { RegistryAuth, SchemaRegistryOptions } from "./schema-registry-options.ts";
