import { type JsonSchemaNode, type ResolvedNode, resolved } from "./json-schema-node.ts";

/** What tells schemas apart stands among the first properties, and a glance must stay one. */
const mostProperties = 20;

/**
 * Whether two schemas can be told to be incompatible at a glance: other kinds, no value in common, or a property that tells many schemas apart by
 * its constant value, as events do with their `type`. Choices between hundreds of schemas are compared in no time because most pairs end here.
 */
export function surelyDiffers(readerNode: JsonSchemaNode, writerNode: JsonSchemaNode): boolean {
  const reader = resolved(readerNode);
  const writer = resolved(writerNode);
  if (reader.kind === "any" || writer.kind === "never" || reader.kind === "combined" || writer.kind === "combined") return false;
  if (reader.kind !== writer.kind || haveDisjointValues(reader, writer)) return true;
  if (reader.kind !== "object" || writer.kind !== "object") return false;
  let left = mostProperties;
  for (const [name, read] of reader.properties) {
    if (--left < 0) break;
    const written = writer.properties.get(name);
    if (written !== undefined && haveDisjointValues(resolved(read), resolved(written))) return true;
  }
  return false;
}

function haveDisjointValues(reader: ResolvedNode, writer: ResolvedNode): boolean {
  const read = valuesOf(reader);
  const written = valuesOf(writer);
  if (read === undefined || written === undefined || written.size === 0) return false;
  if (written.size > mostProperties) return false;
  for (const digest of written.keys()) if (read.has(digest)) return false;
  return true;
}

/** The values that a schema is limited to, also where a type stands beside them. */
function valuesOf(node: ResolvedNode): ReadonlyMap<string, unknown> | undefined {
  if (node.kind === "enum" || node.kind === "const") return node.values;
  if (node.kind !== "combined" || node.criterion !== "allOf") return undefined;
  for (const { schema } of node.branches) if (schema.kind === "enum" || schema.kind === "const") return schema.values;
  return undefined;
}
