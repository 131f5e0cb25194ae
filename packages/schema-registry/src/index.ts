export { type CollectOptions, collectSchemaBundle } from "./collect-schema-bundle.ts";
export { createSchemaRegistry } from "./create-schema-registry.ts";
export { fromKafkaJsRegistry, type KafkaJsRegistry } from "./from-kafka-js-registry.ts";
export { type RegistrationOutcome, registerTopicSchemas } from "./register-topic-schemas.ts";
export type { OAuthClientCredentials, RegistryAuth, RegistryCredential } from "./registry-auth.ts";
export type { RegistryClientOptions } from "./registry-client-options.ts";
export type { RegistryOperation } from "./registry-endpoints.ts";
export { RegistryError, type RegistryErrorCode, type RegistryErrorDetails } from "./registry-error.ts";
export type { BundledSchema, BundledVersion, SchemaBundle } from "./schema-bundle.ts";
export { loadSchemaBundle, saveSchemaBundle } from "./schema-bundle-file.ts";
export type {
  DeleteOptions,
  LatestOptions,
  ListOptions,
  ModeOptions,
  RegisteredSchema,
  Registration,
  RegistryCompatibility,
  RegistryLevel,
  RegistryMode,
  SchemaRegistry,
} from "./schema-registry.ts";
export type { SchemaRegistryOptions } from "./schema-registry-options.ts";
export type { SchemaHolder, TopicSchemas } from "./topic-schemas.ts";
