import type { SchemaSourceOptions } from "@millrace/serdes";
import { RegistryError } from "./registry-error.ts";
import type { Registration, SchemaRegistry } from "./schema-registry.ts";
import { schemasOf, type TopicSchemas } from "./topic-schemas.ts";

/** What was done with one schema of a topic, in words too. */
export interface RegistrationOutcome {
  readonly part: "key" | "value";
  readonly subject: string;
  /** `incompatible`: nothing was registered, and the message holds the registry's explanation. */
  readonly action: Registration["action"] | "incompatible";
  /** Absent where nothing was registered. */
  readonly schemaId?: number;
  /** Absent where nothing was registered. */
  readonly version?: number;
  readonly message: string;
}

/**
 * Registers the schemas of a topic's keys and values under their subjects, `{topic}-key` and `{topic}-value` unless a descriptor says another: what a
 * deployment does where services run with `autoRegister: false`, or a service when it starts. One outcome for each schema, of a topic with several types
 * too. An incompatible schema is an outcome, not an error; the others are registered all the same.
 * @throws RegistryError for everything else
 */
export async function registerTopicSchemas(
  registry: SchemaRegistry,
  topic: TopicSchemas,
  options?: SchemaSourceOptions,
): Promise<RegistrationOutcome[]> {
  const outcomes: RegistrationOutcome[] = [];
  for (const { part, subject, schema } of schemasOf(topic)) {
    try {
      const { id: schemaId, version, action } = await registry.register(subject, schema, options);
      const message = `${sentences[action]} version ${version} of ${subject}, with id ${schemaId}`;
      outcomes.push({ part, subject, action, schemaId, version, message });
    } catch (error) {
      if (!RegistryError.is(error) || error.code !== "REGISTRY_INCOMPATIBLE") throw error;
      outcomes.push({ part, subject, action: "incompatible", message: error.message });
    }
  }
  return outcomes;
}

const sentences: Readonly<Record<Registration["action"], string>> = {
  registered: "registered as the first schema, which is",
  upgraded: "registered as",
  exists: "already there as",
};
