import { pointerStep } from "../mismatch.ts";
import type { ObjectNode } from "./json-schema-node.ts";
import type { KeywordReader } from "./keyword-reader.ts";
import type { NestedParser } from "./parse-json-schema.ts";

/** Reads what a schema says about objects. */
export function parseObjectNode(reader: KeywordReader, parser: NestedParser, hasDefault: boolean): ObjectNode {
  const schemas = (keyword: string): Map<string, ReturnType<NestedParser["nested"]>> =>
    new Map(reader.object(keyword).map(([name, json]) => [name, parser.nested(reader, json, keyword, name)]));
  const neededProperties = new Map<string, { names: ReadonlySet<string>; path: string }>();
  const neededSchemas = new Map<string, { schema: ReturnType<NestedParser["nested"]>; path: string }>();
  for (const keyword of ["dependencies", "dependentRequired", "dependentSchemas"]) {
    for (const [name, value] of reader.object(keyword)) {
      const path = `/${keyword}${pointerStep(name)}`;
      if (!Array.isArray(value) && keyword !== "dependentRequired") {
        neededSchemas.set(name, { schema: parser.nested(reader, value, keyword, name), path });
        continue;
      }
      if (keyword === "dependentSchemas" || !Array.isArray(value) || !value.every((needed) => typeof needed === "string")) {
        throw reader.invalid(`must hold ${keyword === "dependentSchemas" ? "schemas" : "lists of names"}`, keyword);
      }
      neededProperties.set(name, { names: new Set(value), path });
    }
  }
  return {
    kind: "object",
    properties: schemas("properties"),
    patternProperties: schemas("patternProperties"),
    required: new Map(reader.names("required").map((name, position) => [name, position])),
    additional: parser.rest(reader, "additionalProperties") ?? true,
    unevaluated: parser.rest(reader, "unevaluatedProperties"),
    minProperties: reader.count("minProperties"),
    maxProperties: reader.count("maxProperties"),
    neededProperties,
    neededSchemas,
    hasDefault,
  };
}
