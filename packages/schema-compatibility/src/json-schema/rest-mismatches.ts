import { because, type CompareSchemas, type JsonSchemaMismatches } from "./json-schema-incompatibility.ts";
import type { Rest } from "./json-schema-node.ts";

type Things = "PROPERTIES" | "ITEMS";

/** Compares what is allowed beyond the listed properties or items. Paths start at the keyword. */
export function additionalMismatches(things: Things, reader: Rest, writer: Rest, compare: CompareSchemas): JsonSchemaMismatches {
  if ((reader === false) !== (writer === false)) {
    return reader === false ? removed(`ADDITIONAL_${things}_REMOVED`, things) : [];
  }
  if (typeof reader === "boolean") return [];
  return typeof writer === "boolean" ? narrowed(`ADDITIONAL_${things}_NARROWED`, things) : compare(reader, writer);
}

/** The same for what no other keyword has looked at; not said is everything. */
export function unevaluatedMismatches(
  things: Things,
  reader: Rest | undefined,
  writer: Rest | undefined,
  compare: CompareSchemas,
): JsonSchemaMismatches {
  if (reader === undefined || reader === true || writer === false) return [];
  if (reader === false) return removed(`UNEVALUATED_${things}_REMOVED`, things);
  return writer === undefined || writer === true ? narrowed(`UNEVALUATED_${things}_NARROWED`, things) : compare(reader, writer);
}

function removed(type: `${"ADDITIONAL" | "UNEVALUATED"}_${Things}_REMOVED`, things: Things): JsonSchemaMismatches {
  return because(type, "", `the {reader} allows no other ${things.toLowerCase()}, the {writer} does`, "not allowed");
}

function narrowed(type: `${"ADDITIONAL" | "UNEVALUATED"}_${Things}_NARROWED`, things: Things): JsonSchemaMismatches {
  return because(type, "", `the {reader} allows only some other ${things.toLowerCase()}, the {writer} any`, "some");
}
