import type { RegistryLevel } from "../schema-registry.ts";
import type { TopicSchemas } from "../topic-schemas.ts";
import type { RegistryView } from "./registry-view.ts";

/** What the checks of this package look at. What is left out cannot be checked, and the checks that need it say so. */
export interface RegistryCheckContext {
  /** What the section `schemaRegistry` of a configuration says of schemas. */
  readonly schemaRegistry?: { readonly compatibility?: RegistryLevel | undefined; readonly autoRegister?: boolean | undefined } | undefined;
  /** The declared topics. */
  readonly topics: readonly TopicSchemas[];
  /** The live registry; undefined when there is none to look at. */
  readonly registry?: RegistryView | undefined;
}

/** For `blockedBy`. */
export function withoutRegistry({ registry }: Pick<RegistryCheckContext, "registry">): string | undefined {
  return registry === undefined ? "no client of the schema registry was given" : undefined;
}
