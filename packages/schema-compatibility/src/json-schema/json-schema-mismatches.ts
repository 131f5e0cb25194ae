import { ComparisonMemory, fromRoot } from "../comparison-memory.ts";
import type { Mismatch } from "../mismatch.ts";
import { arrayMismatches } from "./array-mismatches.ts";
import { combinedMismatches } from "./combined-mismatches.ts";
import {
  because,
  type CompareSchemas,
  type JsonSchemaIncompatibilityType,
  type JsonSchemaMismatches,
} from "./json-schema-incompatibility.ts";
import { type EnumNode, type JsonSchemaNode, type NotNode, type ResolvedNode, resolved } from "./json-schema-node.ts";
import { objectMismatches } from "./object-mismatches.ts";
import { createPatternMatcher, type PatternMatcher } from "./pattern-matcher.ts";
import { surelyDiffers } from "./surely-differs.ts";
import { enumMismatches, numberMismatches, stringMismatches } from "./value-mismatches.ts";

/**
 * Everything that lets data satisfy `writer` and not `reader`, by the rules and with the names of Confluent's registry: constraints may only be
 * loosened, and a property may only come where the writer allowed no other properties, or go where the reader allows others.
 * @throws RangeError when it would take too long
 */
export function jsonSchemaMismatches(reader: JsonSchemaNode, writer: JsonSchemaNode): readonly Mismatch<JsonSchemaIncompatibilityType>[] {
  return fromRoot(new Comparison().compare(reader, writer));
}

class Comparison {
  private readonly memory = new ComparisonMemory<JsonSchemaNode, JsonSchemaIncompatibilityType>();
  private readonly matcher: PatternMatcher = createPatternMatcher();

  readonly compare: CompareSchemas = (readerNode, writerNode) => {
    if (readerNode === undefined) return [];
    if (writerNode === undefined) return because("SCHEMA_ADDED", "", "the {reader} describes what the {writer} leaves open", "nothing");
    const reader = resolved(readerNode);
    const writer = resolved(writerNode);
    return this.memory.compare(reader, writer, () => this.calculate(reader, writer));
  };

  private readonly fits = (reader: JsonSchemaNode, writer: JsonSchemaNode): boolean =>
    this.memory.fits(() => (surelyDiffers(reader, writer) ? [reader] : this.compare(reader, writer)));

  private calculate(reader: ResolvedNode, writer: ResolvedNode): JsonSchemaMismatches {
    this.memory.budget.glance(partsOf(reader) + partsOf(writer));
    if (writer.kind === "never" || reader.kind === "any") return [];
    if (reader.kind === "combined") {
      if (writer.kind === "combined") return combinedMismatches(reader, writer, this.fits, () => this.memory.budget.glance());
      if ((reader.criterion !== "allOf" || reader.writtenBranches === 1) && reader.branches.some(({ schema }) => this.fits(schema, writer)))
        return [];
    } else if (writer.kind === "combined") {
      if ((writer.criterion === "allOf" || writer.writtenBranches === 1) && writer.branches.some(({ schema }) => this.fits(reader, schema)))
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

  /** What must not match may only become less. */
  private negated(reader: NotNode, writer: NotNode): JsonSchemaMismatches {
    if (this.fits(writer.schema, reader.schema)) return [];
    return because("NOT_TYPE_EXTENDED", "/not", "the {reader} rules out more than the {writer}", "not");
  }
}

/** How many names, values or items must be looked at, whatever comes of it. */
function partsOf(node: ResolvedNode): number {
  if (node.kind === "object") return node.properties.size + node.required.size + node.neededProperties.size + node.neededSchemas.size;
  if (node.kind === "array") return node.first.length;
  return node.kind === "enum" || node.kind === "const" ? node.values.size : 0;
}

function kindName(node: ResolvedNode): string {
  if (node.kind === "combined") return node.criterion;
  return node.kind === "number" && node.isInteger ? "integer" : node.kind;
}
