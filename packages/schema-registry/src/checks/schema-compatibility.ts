import { type Check, collectFindings, type Finding } from "@millrace/core";
import { RegistryError } from "../registry-error.ts";
import type { RegistryCompatibility } from "../schema-registry.ts";
import { schemasOf, type TopicSchema } from "../topic-schemas.ts";
import { type RegistryCheckContext, withoutRegistry } from "./registry-check-context.ts";
import type { RegistryView } from "./registry-view.ts";

/** Whether the schemas that this application writes with are registered, or can be. */
export const schemaCompatibility: Check<RegistryCheckContext> = {
  finds: ["value-schema-incompatible", "key-schema-incompatible", "schema-not-registered"],
  blockedBy: (context) => withoutRegistry(context) ?? (schemasIn(context).length === 0 ? "no topics with schemas are declared" : undefined),
  run: async (context) =>
    await collectFindings(schemasIn(context), async (declared) => {
      const { registry, schemaRegistry } = context;
      if (registry === undefined) return [];
      const { isRegistered, compatible, messages } = await verdict(registry, declared);
      if (!compatible) return [incompatible(declared, messages)];
      return isRegistered || schemaRegistry?.autoRegister !== false ? [] : [notRegistered(declared)];
    }),
};

type DeclaredSchema = TopicSchema & { readonly topic: string };

function schemasIn({ topics }: RegistryCheckContext): readonly DeclaredSchema[] {
  return topics.flatMap((topic) => schemasOf(topic).map((schema) => ({ ...schema, topic: topic.name })));
}

async function verdict(
  registry: RegistryView,
  { subject, schema }: DeclaredSchema,
): Promise<RegistryCompatibility & { readonly isRegistered: boolean }> {
  try {
    if ((await registry.lookup(subject, schema)) !== undefined) return { isRegistered: true, compatible: true, messages: [] };
    return { isRegistered: false, ...(await registry.checkCompatibility(subject, schema)) };
  } catch (error) {
    if (!RegistryError.is(error) || error.code !== "REGISTRY_INVALID") throw error;
    return { isRegistered: false, compatible: false, messages: [error.message] };
  }
}

const mostMessages = 5;
const longestMessage = 500;

function incompatible({ topic, part, subject, schema }: DeclaredSchema, messages: readonly string[]): Finding {
  return {
    problem: `${part}-schema-incompatible`,
    severity: "error",
    subject: `subject ${subject}`,
    message: `The registry does not take the declared ${part} schema of topic "${topic}" as the next version of ${subject}: nothing can be written with it.`,
    evidence: { subject, type: schema.type, registry: messages.slice(0, mostMessages).map((message) => message.slice(0, longestMessage)) },
    fix: "Change the schema so that it fits the registered ones (new fields with defaults), or register it under another subject.",
  };
}

function notRegistered({ topic, part, subject, schema }: DeclaredSchema): Finding {
  return {
    problem: "schema-not-registered",
    severity: "error",
    subject: `subject ${subject}`,
    message: `The declared ${part} schema of topic "${topic}" is not registered under ${subject}, and this application registers none (autoRegister is false).`,
    evidence: { subject, type: schema.type, part },
    fix: "Register it with registerTopicSchemas(registry, topic), as a deployment does, before this application starts.",
  };
}
