import type { Mismatch } from "../mismatch.ts";
import type { JsonSchemaNode } from "./json-schema-node.ts";

/** Why data of one JSON Schema may not satisfy another; the names are those of Confluent's registry since 8.0. */
export type JsonSchemaIncompatibilityType =
  | "SCHEMA_ADDED"
  | "TYPE_NARROWED"
  | "TYPE_CHANGED"
  | "MAX_LENGTH_ADDED"
  | "MAX_LENGTH_DECREASED"
  | "MIN_LENGTH_ADDED"
  | "MIN_LENGTH_INCREASED"
  | "PATTERN_ADDED"
  | "PATTERN_CHANGED"
  | "MAXIMUM_ADDED"
  | "MAXIMUM_DECREASED"
  | "MINIMUM_ADDED"
  | "MINIMUM_INCREASED"
  | "EXCLUSIVE_MAXIMUM_ADDED"
  | "EXCLUSIVE_MAXIMUM_DECREASED"
  | "EXCLUSIVE_MINIMUM_ADDED"
  | "EXCLUSIVE_MINIMUM_INCREASED"
  | "MULTIPLE_OF_ADDED"
  | "MULTIPLE_OF_EXPANDED"
  | "MULTIPLE_OF_CHANGED"
  | "REQUIRED_ATTRIBUTE_ADDED"
  | "MAX_PROPERTIES_ADDED"
  | "MAX_PROPERTIES_DECREASED"
  | "MIN_PROPERTIES_ADDED"
  | "MIN_PROPERTIES_INCREASED"
  | "ADDITIONAL_PROPERTIES_REMOVED"
  | "ADDITIONAL_PROPERTIES_NARROWED"
  | "UNEVALUATED_PROPERTIES_REMOVED"
  | "UNEVALUATED_PROPERTIES_NARROWED"
  | "DEPENDENCY_ARRAY_ADDED"
  | "DEPENDENCY_ARRAY_EXTENDED"
  | "DEPENDENCY_ARRAY_CHANGED"
  | "DEPENDENCY_SCHEMA_ADDED"
  | "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"
  | "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL"
  | "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"
  | "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL"
  | "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"
  | "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
  | "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
  | "MAX_ITEMS_ADDED"
  | "MAX_ITEMS_DECREASED"
  | "MIN_ITEMS_ADDED"
  | "MIN_ITEMS_INCREASED"
  | "MAX_CONTAINS_ADDED"
  | "MAX_CONTAINS_DECREASED"
  | "MIN_CONTAINS_ADDED"
  | "MIN_CONTAINS_INCREASED"
  | "UNIQUE_ITEMS_ADDED"
  | "ADDITIONAL_ITEMS_REMOVED"
  | "ADDITIONAL_ITEMS_NARROWED"
  | "UNEVALUATED_ITEMS_REMOVED"
  | "UNEVALUATED_ITEMS_NARROWED"
  | "ITEM_ADDED_TO_OPEN_CONTENT_MODEL"
  | "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL"
  | "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
  | "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"
  | "ENUM_ARRAY_NARROWED"
  | "ENUM_ARRAY_CHANGED"
  | "COMBINED_TYPE_CHANGED"
  | "PRODUCT_TYPE_EXTENDED"
  | "SUM_TYPE_NARROWED"
  | "COMBINED_TYPE_SUBSCHEMAS_CHANGED"
  | "NOT_TYPE_EXTENDED";

/** Reasons whose paths start at the schema that was compared; "" is that schema. */
export type JsonSchemaMismatches = readonly Mismatch<JsonSchemaIncompatibilityType>[];

/** Compares two schemas inside the ones that are being compared; a missing one takes everything. */
export type CompareSchemas = (reader: JsonSchemaNodeOrNone, writer: JsonSchemaNodeOrNone) => JsonSchemaMismatches;

type JsonSchemaNodeOrNone = JsonSchemaNode | undefined;

/** One reason. */
export function because(type: JsonSchemaIncompatibilityType, path: string, message: string, detail: string): JsonSchemaMismatches {
  return [{ type, path, message, detail }];
}

/** The same reasons, seen from a schema around theirs. */
export function under(path: string, mismatches: JsonSchemaMismatches): JsonSchemaMismatches {
  return path === "" || mismatches.length === 0
    ? mismatches
    : mismatches.map((mismatch) => ({ ...mismatch, path: `${path}${mismatch.path}` }));
}
