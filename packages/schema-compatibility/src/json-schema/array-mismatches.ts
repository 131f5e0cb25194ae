import { under } from "../comparison-memory.ts";
import { because, type CompareSchemas, type JsonSchemaMismatches } from "./json-schema-incompatibility.ts";
import { type ArrayNode, type JsonSchemaNode, resolved } from "./json-schema-node.ts";
import { additionalMismatches, unevaluatedMismatches } from "./rest-mismatches.ts";
import { limitMismatches } from "./value-mismatches.ts";

export function arrayMismatches(reader: ArrayNode, writer: ArrayNode, compare: CompareSchemas): JsonSchemaMismatches {
  return [
    ...under("/items", compare(reader.every, writer.every)),
    ...firstMismatches(reader, writer, compare),
    ...under(reader.additionalPath, additionalMismatches("ITEMS", reader.additional, writer.additional, compare)),
    ...under("/unevaluatedItems", unevaluatedMismatches("ITEMS", reader.unevaluated, writer.unevaluated, compare)),
    ...limitMismatches("maxItems", "MAX_ITEMS", "DECREASED", reader.maxItems, writer.maxItems),
    ...limitMismatches("minItems", "MIN_ITEMS", "INCREASED", reader.minItems, writer.minItems),
    ...(reader.hasUniqueItems && !writer.hasUniqueItems
      ? because("UNIQUE_ITEMS_ADDED", "/uniqueItems", "the {reader} takes no item twice, the {writer} does", "uniqueItems")
      : []),
    ...limitMismatches("maxContains", "MAX_CONTAINS", "DECREASED", reader.maxContains, writer.maxContains),
    ...limitMismatches("minContains", "MIN_CONTAINS", "INCREASED", reader.minContains, writer.minContains),
  ];
}

/** The items that are described one by one. */
function firstMismatches(reader: ArrayNode, writer: ArrayNode, compare: CompareSchemas): JsonSchemaMismatches {
  const length = Math.max(reader.first.length, writer.first.length);
  return Array.from({ length }, (_, index) => {
    const read = reader.first[index];
    const written = writer.first[index];
    const path = `${reader.firstPath}/${index}`;
    if (read === undefined) return under(path, removedMismatches(index, written!, reader, compare));
    return under(path, written === undefined ? addedMismatches(index, read, writer, compare) : compare(read, written));
  }).flat();
}

function removedMismatches(index: number, written: JsonSchemaNode, reader: ArrayNode, compare: CompareSchemas): JsonSchemaMismatches {
  if (isOpen(reader)) return [];
  const cover = coverOf(reader);
  if (cover !== undefined) {
    const reasons = compare(cover, written);
    if (reasons.length === 0) return [];
    const message = `item ${index} of the {writer} is not described in the {reader}, and not covered by what that allows besides`;
    return [...reasons, ...because("ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "", message, `${index}`)];
  }
  if (resolved(written).kind === "never") return [];
  const message = `item ${index} of the {writer} is not described in the {reader}, which allows no others`;
  return because("ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", "", message, `${index}`);
}

function addedMismatches(index: number, read: JsonSchemaNode, writer: ArrayNode, compare: CompareSchemas): JsonSchemaMismatches {
  const problem = `item ${index} is described in the {reader} only`;
  if (isOpen(writer)) {
    if (resolved(read).kind === "any") return [];
    return because("ITEM_ADDED_TO_OPEN_CONTENT_MODEL", "", `${problem}; data of the {writer} may hold anything there`, `${index}`);
  }
  const cover = coverOf(writer);
  const reasons = cover === undefined ? [] : compare(read, cover);
  if (reasons.length === 0) return [];
  const message = `${problem}, and does not take all that the {writer} allows there`;
  return [...reasons, ...because("ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "", message, `${index}`)];
}

function isOpen({ additional, unevaluated }: ArrayNode): boolean {
  return additional === true && (unevaluated ?? true) === true;
}

function coverOf({ additional, unevaluated }: ArrayNode): JsonSchemaNode | undefined {
  if (typeof additional !== "boolean") return additional;
  return additional && unevaluated !== undefined && typeof unevaluated !== "boolean" ? unevaluated : undefined;
}
