import { type ComparisonBudget, createComparisonBudget } from "../comparison-budget.ts";
import type { Mismatch } from "../mismatch.ts";
import { arrayMismatches } from "./array-mismatches.ts";
import { combinedMismatches } from "./combined-mismatches.ts";
import {
  because,
  type CompareSchemas,
  type JsonSchemaIncompatibilityType,
  type JsonSchemaMismatches,
} from "./json-schema-incompatibility.ts";
import { type CombinedNode, type EnumNode, type JsonSchemaNode, type NotNode, type ResolvedNode, resolved } from "./json-schema-node.ts";
import { objectMismatches } from "./object-mismatches.ts";
import { createPatternMatcher, type PatternMatcher } from "./pattern-matcher.ts";
import { enumMismatches, numberMismatches, stringMismatches } from "./value-mismatches.ts";

/**
 * Everything that lets data satisfy `writer` and not `reader`, by the rules and with the names of Confluent's registry: constraints may only be
 * loosened, and a property may only come where the writer allowed no other properties, or go where the reader allows others.
 * @throws RangeError when it would take too long
 */
export function jsonSchemaMismatches(reader: JsonSchemaNode, writer: JsonSchemaNode): readonly Mismatch<JsonSchemaIncompatibilityType>[] {
  return new Comparison().compare(reader, writer).map((mismatch) => ({ ...mismatch, path: mismatch.path || "/" }));
}

class Comparison {
  private readonly budget: ComparisonBudget = createComparisonBudget();
  private readonly matcher: PatternMatcher = createPatternMatcher();
  /** Results by reader and writer. A pair that is still being compared counts as compatible: that is how recursive schemas end. */
  private readonly known = new Map<JsonSchemaNode, Map<JsonSchemaNode, JsonSchemaMismatches>>();
  /** Pairs that were found compatible, in this order. */
  private readonly trusted: (readonly [reader: JsonSchemaNode, writer: JsonSchemaNode])[] = [];

  readonly compare: CompareSchemas = (readerNode, writerNode) => {
    if (readerNode === undefined) return [];
    if (writerNode === undefined) return because("SCHEMA_ADDED", "", "the {reader} describes what the {writer} leaves open", "nothing");
    const reader = resolved(readerNode);
    const writer = resolved(writerNode);
    let byWriter = this.known.get(reader);
    if (byWriter === undefined) {
      byWriter = new Map();
      this.known.set(reader, byWriter);
    }
    const known = byWriter.get(writer);
    // Told in full the first time; after that one reason is enough, or shared schemas would multiply them.
    if (known !== undefined) return known.slice(0, 1);
    this.budget.spend();
    byWriter.set(writer, []);
    const before = this.trusted.length;
    const result = this.calculate(reader, writer);
    byWriter.set(writer, result);
    // What was found compatible meanwhile may have trusted in this pair, so it must be looked at again.
    if (result.length === 0) this.trusted.push([reader, writer]);
    else for (const [trustedReader, trustedWriter] of this.trusted.splice(before)) this.known.get(trustedReader)?.delete(trustedWriter);
    return result;
  };

  private calculate(reader: ResolvedNode, writer: ResolvedNode): JsonSchemaMismatches {
    if (writer.kind === "never" || reader.kind === "any") return [];
    if (reader.kind === "combined") {
      if (writer.kind === "combined") return combinedMismatches(reader, writer, this.compare, () => this.budget.glance());
      if ((reader.criterion !== "allOf" || reader.writtenBranches === 1) && this.fits(reader, (branch) => this.compare(branch, writer)))
        return [];
    } else if (writer.kind === "combined") {
      if ((writer.criterion === "allOf" || writer.writtenBranches === 1) && this.fits(writer, (branch) => this.compare(reader, branch)))
        return [];
    }
    if (reader.kind !== writer.kind) {
      const message = `the {reader} has ${kindName(reader)} where the {writer} has ${kindName(writer)}`;
      return because("TYPE_CHANGED", "", message, `${kindName(writer)}, ${kindName(reader)}`);
    }
    switch (reader.kind) {
      case "string":
        return stringMismatches(reader, writer as typeof reader);
      case "number":
        return numberMismatches(reader, writer as typeof reader);
      case "enum":
      case "const":
        return enumMismatches(reader, writer as EnumNode);
      case "object":
        return objectMismatches(reader, writer as typeof reader, this.compare, this.matcher);
      case "array":
        return arrayMismatches(reader, writer as typeof reader, this.compare);
      case "not":
        return this.negated(reader, writer as NotNode);
      default:
        return [];
    }
  }

  private fits({ branches }: CombinedNode, compare: (branch: JsonSchemaNode) => JsonSchemaMismatches): boolean {
    return branches.some(({ schema }) => {
      this.budget.glance();
      return compare(schema).length === 0;
    });
  }

  /** What must not match may only become less. */
  private negated(reader: NotNode, writer: NotNode): JsonSchemaMismatches {
    if (this.compare(writer.schema, reader.schema).length === 0) return [];
    return because("NOT_TYPE_EXTENDED", "/not", "the {reader} rules out more than the {writer}", "not");
  }
}

function kindName(node: ResolvedNode): string {
  if (node.kind === "combined") return node.criterion;
  return node.kind === "number" && node.isInteger ? "integer" : node.kind;
}
