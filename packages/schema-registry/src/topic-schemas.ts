import type { SchemaDefinition, SerdeDescriptor } from "@millrace/serdes";

/** A topic, as far as its schemas go: what `defineTopic` gives, or anything like it. */
export interface TopicSchemas {
  readonly name: string;
  readonly key: SchemaHolder;
  readonly value: SchemaHolder;
}

/** A descriptor, as far as its schemas go. */
export type SchemaHolder = Pick<SerdeDescriptor<never>, "schema" | "subjectOf" | "alternatives">;

/** A schema of a topic's keys or values, and where it is registered. */
export interface TopicSchema {
  readonly part: "key" | "value";
  readonly subject: string;
  readonly schema: SchemaDefinition;
}

/** Every schema of a topic, those of a topic with several types too. */
export function schemasOf(topic: TopicSchemas): readonly TopicSchema[] {
  return (["key", "value"] as const).flatMap((part) =>
    alternativesIn(topic[part]).flatMap(({ schema, subjectOf }) =>
      schema === undefined ? [] : [{ part, subject: subjectOf?.(topic.name, part) ?? `${topic.name}-${part}`, schema }],
    ),
  );
}

function alternativesIn(holder: SchemaHolder): readonly SchemaHolder[] {
  return holder.alternatives?.flatMap(alternativesIn) ?? [holder];
}
