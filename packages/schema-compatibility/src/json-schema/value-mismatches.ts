import { quoted } from "../mismatch.ts";
import { because, type JsonSchemaIncompatibilityType, type JsonSchemaMismatches } from "./json-schema-incompatibility.ts";
import type { EnumNode, NumberNode, StringNode } from "./json-schema-node.ts";

/** A limit from below is stricter when it grows, one from above when it shrinks. */
export function limitMismatches(
  keyword: string,
  name: string,
  strictness: "INCREASED" | "DECREASED",
  reader: number | undefined,
  writer: number | undefined,
): JsonSchemaMismatches {
  if (reader === undefined || reader === writer) return [];
  const type = (change: string): JsonSchemaIncompatibilityType => `${name}_${change}` as JsonSchemaIncompatibilityType;
  if (writer === undefined) {
    return because(type("ADDED"), `/${keyword}`, `the {reader} asks for ${keyword} ${reader}, the {writer} for none`, `none, ${reader}`);
  }
  if (strictness === "INCREASED" ? reader < writer : reader > writer) return [];
  return because(
    type(strictness),
    `/${keyword}`,
    `the {reader} asks for ${keyword} ${reader}, the {writer} for ${writer}`,
    `${writer}, ${reader}`,
  );
}

export function stringMismatches(reader: StringNode, writer: StringNode): JsonSchemaMismatches {
  return [
    ...limitMismatches("maxLength", "MAX_LENGTH", "DECREASED", reader.maxLength, writer.maxLength),
    ...limitMismatches("minLength", "MIN_LENGTH", "INCREASED", reader.minLength, writer.minLength),
    ...patternMismatches(reader.pattern, writer.pattern),
  ];
}

function patternMismatches(reader: string | undefined, writer: string | undefined): JsonSchemaMismatches {
  if (reader === undefined || reader === writer) return [];
  if (writer === undefined) {
    return because(
      "PATTERN_ADDED",
      "/pattern",
      `the {reader} asks for the pattern ${quoted(reader)}, the {writer} for none`,
      quoted(reader),
    );
  }
  const message = `the {reader} asks for the pattern ${quoted(reader)}, the {writer} for ${quoted(writer)}`;
  return because("PATTERN_CHANGED", "/pattern", message, `${quoted(writer)}, ${quoted(reader)}`);
}

export function numberMismatches(reader: NumberNode, writer: NumberNode): JsonSchemaMismatches {
  return [
    ...limitMismatches("maximum", "MAXIMUM", "DECREASED", reader.maximum, writer.maximum),
    ...limitMismatches("minimum", "MINIMUM", "INCREASED", reader.minimum, writer.minimum),
    ...limitMismatches("exclusiveMaximum", "EXCLUSIVE_MAXIMUM", "DECREASED", reader.exclusiveMaximum, writer.exclusiveMaximum),
    ...limitMismatches("exclusiveMinimum", "EXCLUSIVE_MINIMUM", "INCREASED", reader.exclusiveMinimum, writer.exclusiveMinimum),
    ...multipleOfMismatches(reader.multipleOf, writer.multipleOf),
    ...(reader.isInteger && !writer.isInteger
      ? because("TYPE_NARROWED", "", "the {reader} takes whole numbers only, the {writer} any", "number, integer")
      : []),
  ];
}

function multipleOfMismatches(reader: number | undefined, writer: number | undefined): JsonSchemaMismatches {
  if (reader === undefined || reader === writer) return [];
  const message = `the {reader} asks for multiples of ${reader}, the {writer} for ${writer === undefined ? "none" : `multiples of ${writer}`}`;
  if (writer === undefined) return because("MULTIPLE_OF_ADDED", "/multipleOf", message, `none, ${reader}`);
  if (isMultiple(writer, reader)) return [];
  return because(
    isMultiple(reader, writer) ? "MULTIPLE_OF_EXPANDED" : "MULTIPLE_OF_CHANGED",
    "/multipleOf",
    message,
    `${writer}, ${reader}`,
  );
}

/** 0.3 is three times 0.1, whatever is left of it in binary. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Number.isFinite(times) && Math.abs(times - Math.round(times)) <= 1e-9 * Math.abs(times);
}

export function enumMismatches(reader: EnumNode, writer: EnumNode): JsonSchemaMismatches {
  const lacking = [...writer.values].filter(([digest]) => !reader.values.has(digest)).map(([, value]) => value);
  if (lacking.length === 0) return [];
  const isNarrowed = reader.kind === "enum" && [...reader.values.keys()].every((digest) => writer.values.has(digest));
  const message = `the {reader} does not take ${quoted(lacking.length === 1 ? lacking[0] : lacking)}, which the {writer} does`;
  return because(isNarrowed ? "ENUM_ARRAY_NARROWED" : "ENUM_ARRAY_CHANGED", `/${reader.kind}`, message, quoted(lacking));
}
