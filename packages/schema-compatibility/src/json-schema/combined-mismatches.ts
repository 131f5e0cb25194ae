import { because, type JsonSchemaMismatches } from "./json-schema-incompatibility.ts";
import type { CombinedNode, Criterion, JsonSchemaNode } from "./json-schema-node.ts";
import { matchBranches } from "./match-branches.ts";

/** Compares two combinations of schemas: how they combine, how many there are, and whether each finds a counterpart of its own. */
export function combinedMismatches(
  reader: CombinedNode,
  writer: CombinedNode,
  fits: (reader: JsonSchemaNode, writer: JsonSchemaNode) => boolean,
  glance: () => void,
): JsonSchemaMismatches {
  if (!isWideningCriterion(reader, writer)) {
    const message = `the {reader} combines schemas with ${reader.criterion}, the {writer} with ${writer.criterion}`;
    return because("COMBINED_TYPE_CHANGED", `/${reader.criterion}`, message, `${writer.criterion}, ${reader.criterion}`);
  }
  const allowed = writer.branches.map((written) =>
    reader.branches.flatMap((read, index) => (fits(read.schema, written.schema) ? [index] : [])),
  );
  const matched = matchBranches(allowed, glance);
  const counts = `${writer.branches.length}, ${reader.branches.length}`;
  const result = [...countMismatches(reader, writer, counts)];
  if (matched.size < Math.min(reader.branches.length, writer.branches.length)) {
    const lonely = allowed.findIndex((columns) => columns.length === 0);
    const which = lonely === -1 ? "not every schema" : `schema ${lonely}`;
    const lacks = lonely === -1 ? "has a counterpart of its own" : "has no counterpart";
    const message = `${which} under ${writer.criterion} of the {writer} ${lacks} in the {reader}`;
    result.push(...because("COMBINED_TYPE_SUBSCHEMAS_CHANGED", "", message, lonely === -1 ? counts : `${lonely}`));
  }
  return result;
}

function countMismatches(reader: CombinedNode, writer: CombinedNode, counts: string): JsonSchemaMismatches {
  if (reader.criterion === "allOf") {
    if (reader.branches.length <= writer.branches.length) return [];
    return because("PRODUCT_TYPE_EXTENDED", "", "the {reader} asks for more schemas to be satisfied than the {writer}", counts);
  }
  if (reader.branches.length >= writer.branches.length) return [];
  return because("SUM_TYPE_NARROWED", "", "the {reader} has fewer schemas to choose from than the {writer}", counts);
}

function isWideningCriterion(reader: CombinedNode, writer: CombinedNode): boolean {
  const to: Criterion = reader.criterion;
  if (to === writer.criterion || to === "anyOf") return true;
  if (writer.writtenBranches !== 1) return false;
  return to === "oneOf" || reader.writtenBranches === 1;
}
