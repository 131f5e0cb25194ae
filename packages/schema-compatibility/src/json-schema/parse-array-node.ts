import type { ArrayNode } from "./json-schema-node.ts";
import type { KeywordReader } from "./keyword-reader.ts";
import type { NestedParser } from "./parse-json-schema.ts";

/** Reads what a schema says about arrays. What 2020-12 calls `prefixItems` and `items` was a list of `items` and `additionalItems` before. */
export function parseArrayNode(reader: KeywordReader, parser: NestedParser, hasDefault: boolean): ArrayNode {
  const isNew = reader.has("prefixItems");
  const firstKeyword = isNew ? "prefixItems" : "items";
  const additionalKeyword = isNew ? "items" : "additionalItems";
  const items = reader.get("items");
  const first = isNew || Array.isArray(items) ? reader.list(firstKeyword) : [];
  return {
    kind: "array",
    every: isNew || items === undefined || Array.isArray(items) ? undefined : parser.nested(reader, items, "items"),
    first: first.map((json, index) => parser.nested(reader, json, firstKeyword, index)),
    firstPath: `/${firstKeyword}`,
    additionalPath: `/${additionalKeyword}`,
    additional: parser.rest(reader, additionalKeyword) ?? true,
    unevaluated: parser.rest(reader, "unevaluatedItems"),
    minItems: reader.count("minItems"),
    maxItems: reader.count("maxItems"),
    minContains: reader.count("minContains"),
    maxContains: reader.count("maxContains"),
    hasUniqueItems: reader.flag("uniqueItems"),
    hasDefault,
  };
}
