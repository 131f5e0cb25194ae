import { under } from "../comparison-memory.ts";
import { pointerStep, quoted } from "../mismatch.ts";
import { because, type CompareSchemas, type JsonSchemaMismatches } from "./json-schema-incompatibility.ts";
import { type JsonSchemaNode, type ObjectNode, resolved } from "./json-schema-node.ts";
import type { PatternMatcher } from "./pattern-matcher.ts";
import { additionalMismatches, unevaluatedMismatches } from "./rest-mismatches.ts";
import { limitMismatches } from "./value-mismatches.ts";

export function objectMismatches(
  reader: ObjectNode,
  writer: ObjectNode,
  compare: CompareSchemas,
  matcher: PatternMatcher,
): JsonSchemaMismatches {
  return [
    ...requiredMismatches(reader, writer),
    ...propertyMismatches(reader, writer, compare, matcher),
    ...neededMismatches(reader, writer, compare),
    ...under("/additionalProperties", additionalMismatches("PROPERTIES", reader.additional, writer.additional, compare)),
    ...under("/unevaluatedProperties", unevaluatedMismatches("PROPERTIES", reader.unevaluated, writer.unevaluated, compare)),
    ...limitMismatches("maxProperties", "MAX_PROPERTIES", "DECREASED", reader.maxProperties, writer.maxProperties),
    ...limitMismatches("minProperties", "MIN_PROPERTIES", "INCREASED", reader.minProperties, writer.minProperties),
  ];
}

function requiredMismatches(reader: ObjectNode, writer: ObjectNode): JsonSchemaMismatches {
  return [...reader.required].flatMap(([name, position]) => {
    const property = reader.properties.get(name);
    if (property === undefined || property.hasDefault || writer.required.has(name) || !writer.properties.has(name)) return [];
    const message = `property ${quoted(name)} is required in the {reader}, has no default there, and is optional in the {writer}`;
    return because("REQUIRED_ATTRIBUTE_ADDED", `/required/${position}`, message, quoted(name));
  });
}

function propertyMismatches(
  reader: ObjectNode,
  writer: ObjectNode,
  compare: CompareSchemas,
  matcher: PatternMatcher,
): JsonSchemaMismatches {
  const names = new Set([...reader.properties.keys(), ...writer.properties.keys()]);
  return [...names].flatMap((name) => {
    const read = reader.properties.get(name);
    const written = writer.properties.get(name);
    const path = `/properties${pointerStep(name)}`;
    if (read === undefined) return under(path, removedMismatches(name, written!, reader, compare, matcher));
    if (written === undefined) return under(path, addedMismatches(name, read, reader, writer, compare, matcher));
    return under(path, compare(read, written));
  });
}

function removedMismatches(
  name: string,
  written: JsonSchemaNode,
  reader: ObjectNode,
  compare: CompareSchemas,
  matcher: PatternMatcher,
): JsonSchemaMismatches {
  if (isOpen(reader)) return [];
  const cover = coverOf(name, reader, matcher);
  if (cover !== undefined) {
    const reasons = compare(cover, written);
    if (reasons.length === 0) return [];
    const message = `property ${quoted(name)} of the {writer} is not in the {reader}, and not covered by what that allows besides its properties`;
    return [...reasons, ...because("PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "", message, quoted(name))];
  }
  if (resolved(written).kind === "never") return [];
  const message = `property ${quoted(name)} of the {writer} is not in the {reader}, which allows no others`;
  return because("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", "", message, quoted(name));
}

function addedMismatches(
  name: string,
  read: JsonSchemaNode,
  reader: ObjectNode,
  writer: ObjectNode,
  compare: CompareSchemas,
  matcher: PatternMatcher,
): JsonSchemaMismatches {
  const isRequired = reader.required.has(name);
  const problem = `property ${quoted(name)} is only in the {reader}`;
  if (isOpen(writer)) {
    const required = "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL";
    if (isRequired && !read.hasDefault) {
      return because(
        required,
        "",
        `${problem} and required there; data of the {writer} may lack it or hold anything under it`,
        quoted(name),
      );
    }
    if (resolved(read).kind === "any") return [];
    const message = `${problem}; data of the {writer}, which allows other properties, may hold anything under it`;
    const type = isRequired
      ? "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL"
      : "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL";
    return because(type, "", message, quoted(name));
  }
  const cover = coverOf(name, writer, matcher);
  const reasons = cover === undefined ? [] : compare(read, cover);
  const uncovered = `${problem}, and does not take all that the {writer} allows under that name`;
  return [
    ...reasons,
    ...(reasons.length === 0 ? [] : because("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "", uncovered, quoted(name))),
    ...(isRequired && !read.hasDefault
      ? because("REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", "", `${problem}, required and without a default`, quoted(name))
      : []),
  ];
}

function neededMismatches(reader: ObjectNode, writer: ObjectNode, compare: CompareSchemas): JsonSchemaMismatches {
  const lists = [...reader.neededProperties].flatMap(([name, { names, path }]) => {
    const before = writer.neededProperties.get(name)?.names;
    const message = `an object with ${quoted(name)} needs ${quoted([...names])} in the {reader}, and ${before === undefined ? "nothing" : quoted([...before])} in the {writer}`;
    if (before === undefined) return because("DEPENDENCY_ARRAY_ADDED", path, message, quoted(name));
    if ([...names].every((needed) => before.has(needed))) return [];
    const isExtended = [...before].every((needed) => names.has(needed));
    return because(isExtended ? "DEPENDENCY_ARRAY_EXTENDED" : "DEPENDENCY_ARRAY_CHANGED", path, message, quoted(name));
  });
  const schemas = [...reader.neededSchemas].flatMap(([name, { schema, path }]) => {
    const before = writer.neededSchemas.get(name)?.schema;
    if (before !== undefined) return under(path, compare(schema, before));
    const message = `an object with ${quoted(name)} must satisfy a schema in the {reader}, and none in the {writer}`;
    return because("DEPENDENCY_SCHEMA_ADDED", path, message, quoted(name));
  });
  return [...lists, ...schemas];
}

/** Whether an object may have any property that is not listed. */
function isOpen({ patternProperties, additional, unevaluated }: ObjectNode): boolean {
  return patternProperties.size === 0 && additional === true && (unevaluated ?? true) === true;
}

/** What an object allows under a name that is not listed, if it allows some things and not others. */
function coverOf(
  name: string,
  { patternProperties, additional, unevaluated }: ObjectNode,
  matcher: PatternMatcher,
): JsonSchemaNode | undefined {
  const pattern = patternProperties.size === 0 ? undefined : matcher.firstMatch(patternProperties.keys(), name);
  if (pattern !== undefined) return patternProperties.get(pattern);
  if (typeof additional !== "boolean") return additional;
  return additional && unevaluated !== undefined && typeof unevaluated !== "boolean" ? unevaluated : undefined;
}
