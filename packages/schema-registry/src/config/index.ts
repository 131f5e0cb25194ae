export { type SchemaRegistrySettings, schemaRegistry } from "./schema-registry-section.ts";
