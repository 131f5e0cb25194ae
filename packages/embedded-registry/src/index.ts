export { type EmbeddedRegistry, type EmbeddedRegistryOptions, startEmbeddedRegistry } from "./embedded-registry.ts";
export { EmbeddedRegistryError, type EmbeddedRegistryErrorCode } from "./embedded-registry-error.ts";
export type { RegistryRequest, RegistryResponse } from "./registry-engine.ts";
