export { reachableRegistry } from "./reachable-registry.ts";
export type { RegistryCheckContext } from "./registry-check-context.ts";
export { registryLevel } from "./registry-level.ts";
export { createRegistryView, type RegistryView } from "./registry-view.ts";
export { schemaCompatibility } from "./schema-compatibility.ts";
