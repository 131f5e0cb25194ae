import type { AnyConfigSection } from "./config-section.ts";
import type { JsonSchema, SettingNode } from "./setting-tree.ts";

/**
 * The JSON Schema (draft 2020-12) of a configuration file with these sections, for editors: write it to a file and name that in the configuration's
 * `$schema`. Nothing is required, because other sources may set it; Kafka's own names are allowed where `loadConfig` understands them.
 */
export function configJsonSchema(sections: readonly AnyConfigSection[]): JsonSchema {
  const properties = Object.fromEntries(sections.map((section) => [section.name, sectionSchema(section)]));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: { $schema: { type: "string" }, ...properties },
    additionalProperties: false,
  };
}

function sectionSchema(section: AnyConfigSection): JsonSchema {
  const { $schema: _, ...schema } = withoutRequired(section.jsonSchema, section.settings);
  const names = [...section.properties.keys()];
  if (names.length === 0) return schema;
  // "." stands for "_" too: Python's clients write linger_ms.
  const pattern = names.map((name) => name.replaceAll(/[^A-Za-z0-9._-]/g, "").replaceAll(".", "[._]")).join("|");
  return {
    ...schema,
    patternProperties: { [`^(${pattern})$`]: { description: "a setting by the name that Kafka's clients have for it" } },
  };
}

function withoutRequired(schema: JsonSchema, node: SettingNode): JsonSchema {
  if (node.kind === "leaf") return schema;
  const { required: _, ...rest } = schema;
  const given = schema["properties"] as Readonly<Record<string, JsonSchema>>;
  const properties = Object.entries(given).map(([name, child]): [string, JsonSchema] => {
    const childNode = node.children.get(name);
    return [name, childNode === undefined ? child : withoutRequired(child, childNode)];
  });
  return { ...rest, properties: Object.fromEntries(properties) };
}
