import { RegistryError, type SchemaRegistry } from "@millrace/schema-registry";
import type { Report } from "./report.ts";
import { deliverySchema, type JobTopics } from "./topics.ts";

/**
 * Two changes of the schema of deliveries: a field with a default, which readers of old records can fill in, becomes the subject's next version; one without is
 * refused, and nothing changes. What was written before stays readable, and so does what this job writes after it with the first version.
 * @throws Error when the registry takes the change that would break readers
 */
export async function changeSchema(options: {
  readonly registry: SchemaRegistry;
  readonly topics: JobTopics;
  readonly report: Report;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { registry, topics, report, signal } = options;
  const subject = `${topics.deliveries.name}-value`;
  const changed = (field: object): { readonly type: "AVRO"; readonly text: string } => {
    return { type: "AVRO", text: JSON.stringify({ ...deliverySchema, fields: [...deliverySchema.fields, field] }) };
  };
  const { version } = await registry.register(subject, changed({ name: "source", type: "string", default: "github" }), { signal });
  report.step(`Schema change: a field "source" with a default is compatible, version ${version} of ${subject}`);
  try {
    await registry.register(subject, changed({ name: "priority", type: "int" }), { signal });
  } catch (error) {
    if (!RegistryError.is(error) || error.code !== "REGISTRY_INCOMPATIBLE") throw error;
    report.step(`Schema change refused: a field "priority" without one would break readers of old records (${error.code})`);
    return;
  }
  throw new Error(`the registry let ${subject} have a version that cannot read the records before it`);
}
