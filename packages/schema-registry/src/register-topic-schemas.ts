import type { SchemaSourceOptions, SerdeDescriptor } from "@millrace/serdes";
import { RegistryError } from "./registry-error.ts";
import type { Registration, SchemaRegistry } from "./schema-registry.ts";

/** What was done with one schema, in words too. */
export type RegistrationOutcome =
  | {
      readonly action: Registration["action"];
      readonly subject: string;
      readonly schemaId: number;
      readonly version: number;
      readonly message: string;
    }
  /** Nothing was registered; the message holds the registry's explanation. */
  | { readonly action: "incompatible"; readonly subject: string; readonly message: string };

/** A topic, as far as its schemas go: what `defineTopic` gives, or anything like it. */
export interface TopicSchemas {
  readonly name: string;
  readonly key: Pick<SerdeDescriptor<never>, "schema" | "subjectOf">;
  readonly value: Pick<SerdeDescriptor<never>, "schema" | "subjectOf">;
}

/**
 * Registers the schemas of a topic's keys and values under their subjects, `{topic}-key` and `{topic}-value` unless a descriptor says another: what a
 * deployment does where services run with `autoRegister: false`, or a service when it starts. Formats without a schema have no outcome. An incompatible
 * schema is an outcome, not an error; the other part is registered all the same.
 * @throws RegistryError for everything else
 */
export async function registerTopicSchemas(
  registry: SchemaRegistry,
  topic: TopicSchemas,
  options?: SchemaSourceOptions,
): Promise<{ readonly key?: RegistrationOutcome; readonly value?: RegistrationOutcome }> {
  const outcomeOf = async (part: "key" | "value"): Promise<RegistrationOutcome | undefined> => {
    const { schema, subjectOf } = topic[part];
    if (schema === undefined) return undefined;
    const subject = subjectOf?.(topic.name, part) ?? `${topic.name}-${part}`;
    try {
      const { id, version, action } = await registry.register(subject, schema, options);
      return { action, subject, schemaId: id, version, message: `${sentences[action]} version ${version} of ${subject}, with id ${id}` };
    } catch (error) {
      if (!RegistryError.is(error) || error.code !== "REGISTRY_INCOMPATIBLE") throw error;
      return { action: "incompatible", subject, message: error.message };
    }
  };
  const key = await outcomeOf("key");
  const value = await outcomeOf("value");
  return { ...(key !== undefined && { key }), ...(value !== undefined && { value }) };
}

const sentences: Readonly<Record<Registration["action"], string>> = {
  registered: "registered as the first schema, which is",
  upgraded: "registered as",
  exists: "already there as",
};
