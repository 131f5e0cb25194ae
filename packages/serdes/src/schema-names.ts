import type { SchemaDefinition } from "./serde.ts";

/**
 * What a schema calls what it describes: an Avro type with its namespace, a JSON Schema's `$id` and title, a Protobuf file's messages with their
 * package. Empty for what has no name. Never throws.
 */
export function namesOfSchema({ type, text }: SchemaDefinition): readonly string[] {
  if (type === "PROTOBUF") return namesOfProtobuf(text);
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof schema !== "object" || schema === null) return [];
  const { name, namespace, title, $id: id } = schema as Readonly<Record<string, unknown>>;
  if (type === "JSON") return [id, title].filter((part) => typeof part === "string" && part !== "") as string[];
  if (typeof name !== "string") return [];
  return [name.includes(".") || typeof namespace !== "string" || namespace === "" ? name : `${namespace}.${name}`];
}

/** The messages on the top level; enough to tell files apart, which is not to parse them. */
function namesOfProtobuf(text: string): readonly string[] {
  const code = text.replaceAll(/\/\/[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\//g, " ");
  const prefix = /(?:^|[;{}\s])package\s+([\w.]+)\s*;/.exec(code)?.[1];
  const names: string[] = [];
  let depth = 0;
  for (const [token, name] of code.matchAll(/[{}]|\bmessage\s+(\w+)/g)) {
    if (token === "{") depth++;
    else if (token === "}") depth--;
    else if (depth === 0) names.push(prefix === undefined ? name! : `${prefix}.${name!}`);
  }
  return names;
}
